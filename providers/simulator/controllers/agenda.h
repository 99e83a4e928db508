#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/port/clock.h"

namespace mesh::simulator::world {

/// What there is to look at, by the controller that does it.
enum class Duty { ns, token, deployment, replica_set, pod, endpoints, load_balancer, autoscaler, budget, role };

/// One object of one cluster to look at.
struct Task {
  std::string cluster;
  Duty duty = Duty::pod;
  std::string ns;
  std::string name;
  auto operator<=>(const Task&) const = default;
};

/// Tasks by the time when they are due. Each task stands in it once: the earliest time holds. Thread-safe.
class Agenda {
 public:
  /// Called without the lock when the earliest time has become earlier.
  void on_earlier(std::function<void()> wake);
  void add(const Task& task, TimePoint due);
  /// Takes the first task that is due.
  std::optional<Task> take(TimePoint now);
  std::optional<TimePoint> next() const;

 private:
  mutable std::mutex mutex_;
  std::map<Task, TimePoint> due_;
  std::set<std::pair<TimePoint, Task>> order_;
  std::function<void()> wake_;
};

}  // namespace mesh::simulator::world
