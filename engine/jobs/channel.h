#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace mesh {

/// A queue between threads. Unbounded: who pushes never waits.
template <class T>
class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() = default;

  void push(T value) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(value));
    }
    filled_.notify_one();
  }

  /// The oldest value; waits for one. Nothing: `stop` was requested and nothing is left.
  std::optional<T> pop(std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    if (!filled_.wait(lock, std::move(stop), [this] { return !queue_.empty(); })) return std::nullopt;
    std::optional<T> value(std::move(queue_.front()));
    queue_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any filled_;
  std::deque<T> queue_;
};

}  // namespace mesh
