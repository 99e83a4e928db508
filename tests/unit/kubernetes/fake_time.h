#pragma once

#include <mutex>
#include <vector>

#include "engine/port/clock.h"

namespace mesh::testing {

/// A clock whose sleeps end at once and are remembered.
class FakeTime final : public Clock {
 public:
  TimePoint now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1000000000)) +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(now() - start());
  }
  bool sleep_until(TimePoint when, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    slept_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(when - now_));
    if (when > now_) now_ = when;
    return true;
  }
  void pass(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    now_ += time;
  }
  std::vector<std::chrono::milliseconds> slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  static TimePoint start() { return TimePoint(std::chrono::hours(1)); }
  mutable std::mutex mutex_;
  TimePoint now_ = start();
  std::vector<std::chrono::milliseconds> slept_;
};

}  // namespace mesh::testing
