#pragma once

#include "engine/port/clock.h"

namespace mesh::cli {

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  std::chrono::system_clock::time_point wall() const override;
  bool sleep_until(TimePoint when, std::stop_token stop) override;
};

/// `2026-11-22T09:54:00Z`.
std::string rfc3339(std::chrono::system_clock::time_point when);

}  // namespace mesh::cli
