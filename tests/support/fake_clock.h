#pragma once

#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/port/clock.h"

namespace mesh::testing {

/// Time that passes when the engine sleeps or the test says so; it starts on 2026-11-22 at 13:00 UTC. Sleeps end at
/// once and are remembered. Thread-safe.
class FakeClock final : public Clock {
 public:
  FakeClock() = default;
  /// wall() goes on by `tick` with every look at it, and a sleep lets other threads work: for writers side by side.
  explicit FakeClock(std::chrono::seconds tick) : tick_(tick), yields_(1000) {}

  TimePoint now() const override {
    const std::lock_guard lock(mutex_);
    return start() + passed_;
  }
  std::chrono::system_clock::time_point wall() const override {
    const std::lock_guard lock(mutex_);
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'795'352'400)) + passed_ + tick_ * looks_++;
  }
  bool sleep_until(TimePoint when, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    for (int i = 0; i < yields_; ++i) std::this_thread::yield();
    const std::lock_guard lock(mutex_);
    const auto rest = when - start() - passed_;
    slept_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(rest));
    if (rest.count() > 0) passed_ += rest;
    return true;
  }
  void pass(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    passed_ += time;
  }
  std::vector<std::chrono::milliseconds> slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  /// Not zero: a deadline may lie before it.
  static TimePoint start() { return TimePoint(std::chrono::hours(1)); }

  const std::chrono::seconds tick_{};
  const int yields_ = 1;
  mutable std::mutex mutex_;
  mutable int looks_ = 0;
  TimePoint::duration passed_{};
  std::vector<std::chrono::milliseconds> slept_;
};

}  // namespace mesh::testing
