#pragma once

#include "engine/port/clock.h"

namespace mesh {

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  std::chrono::system_clock::time_point wall() const override;
  bool sleep_until(TimePoint when, std::stop_token stop) override;
};

}  // namespace mesh
