#pragma once

#include <mutex>
#include <stop_token>

#include "engine/port/clock.h"

namespace mesh::testing {

/// Time that passes only when somebody sleeps. Thread-safe.
class FakeClock final : public Clock {
 public:
  TimePoint now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  std::chrono::system_clock::time_point wall() const override { return {}; }
  bool sleep_until(TimePoint when, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    if (when > now_) now_ = when;
    return true;
  }

 private:
  mutable std::mutex mutex_;
  TimePoint now_{};
};

}  // namespace mesh::testing
