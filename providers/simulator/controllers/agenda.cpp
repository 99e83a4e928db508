#include "providers/simulator/controllers/agenda.h"

namespace mesh::simulator::world {

void Agenda::on_earlier(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Agenda::add(const Task& task, TimePoint due) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    const auto [it, fresh] = due_.emplace(task, due);
    if (!fresh) {
      if (it->second <= due) return;
      order_.erase({it->second, task});
      it->second = due;
    }
    const auto placed = order_.emplace(due, task).first;
    if (placed == order_.begin()) wake = wake_;
  }
  if (wake) wake();
}

std::optional<Task> Agenda::take(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  Task task = order_.begin()->second;
  order_.erase(order_.begin());
  due_.erase(task);
  return task;
}

std::optional<TimePoint> Agenda::next() const {
  const std::lock_guard lock(mutex_);
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace mesh::simulator::world
