#include "providers/simulator/controllers/work_queue.h"

namespace mesh::simulator {

void WorkQueue::on_earlier(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void WorkQueue::add(const Request& request, TimePoint due) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    const auto [it, fresh] = due_.emplace(request, due);
    if (!fresh) {
      if (it->second <= due) return;
      order_.erase({it->second, request});
      it->second = due;
    }
    const auto placed = order_.emplace(due, request).first;
    if (placed == order_.begin()) wake = wake_;
  }
  if (wake) wake();
}

std::optional<Request> WorkQueue::take(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  Request request = order_.begin()->second;
  order_.erase(order_.begin());
  due_.erase(request);
  return request;
}

std::optional<TimePoint> WorkQueue::next() const {
  const std::lock_guard lock(mutex_);
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace mesh::simulator
