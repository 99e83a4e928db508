#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <mutex>
#include <utility>

namespace mesh::simulator {

/// Calls a function on a connection's strand, from any thread, until it is silenced.
class Waker {
 public:
  Waker(boost::asio::any_io_executor executor, std::function<void()> ring)
      : executor_(std::move(executor)), ring_(std::move(ring)) {}
  void ring() {
    const std::lock_guard lock(mutex_);
    if (ring_) boost::asio::post(executor_, ring_);
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    ring_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::any_io_executor executor_;
  std::function<void()> ring_;
};

}  // namespace mesh::simulator
