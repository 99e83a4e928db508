#pragma once

#include <mutex>

#include "engine/port/clock.h"

namespace mesh::testing {

/// Time that passes when the test says so. Thread-safe.
class HandClock final : public Clock {
 public:
  TimePoint now() const override {
    const std::lock_guard lock(mutex_);
    return TimePoint() + passed_;
  }
  std::chrono::system_clock::time_point wall() const override {
    const std::lock_guard lock(mutex_);
    // 2026-11-22T13:00:00Z
    return std::chrono::system_clock::time_point(std::chrono::seconds(1795352400)) + passed_;
  }
  bool sleep_until(TimePoint, std::stop_token) override { return true; }
  void pass(std::chrono::seconds time) {
    const std::lock_guard lock(mutex_);
    passed_ += time;
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::seconds passed_{1000};
};

}  // namespace mesh::testing
