#pragma once

#include <chrono>
#include <stop_token>

namespace mesh {

using TimePoint = std::chrono::steady_clock::time_point;

/// Time, as the engine sees it.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// For deadlines and durations.
  virtual TimePoint now() const = 0;
  /// For people and records.
  virtual std::chrono::system_clock::time_point wall() const = 0;
  /// False: stopped before `when`.
  virtual bool sleep_until(TimePoint when, std::stop_token stop) = 0;
};

}  // namespace mesh
