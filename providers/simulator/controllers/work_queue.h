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

namespace mesh::simulator {

/// What there is to look at, by the controller that does it.
enum class ControllerKind {
  ns,
  token,
  deployment,
  replica_set,
  pod,
  endpoints,
  load_balancer,
  autoscaler,
  budget,
  role
};

/// One object of one cluster to look at.
struct Request {
  std::string cluster;
  ControllerKind controller = ControllerKind::pod;
  std::string ns;
  std::string name;
  auto operator<=>(const Request&) const = default;
};

/// Requests by the time when they are due. Each is in it once, at its earliest time. Thread-safe.
class WorkQueue {
 public:
  /// Called without the lock when the earliest time has become earlier.
  void on_earlier(std::function<void()> wake);
  void add(const Request& request, TimePoint due);
  /// Takes the first request that is due.
  std::optional<Request> take(TimePoint now);
  std::optional<TimePoint> next() const;

 private:
  mutable std::mutex mutex_;
  std::map<Request, TimePoint> due_;
  std::set<std::pair<TimePoint, Request>> order_;
  std::function<void()> wake_;
};

}  // namespace mesh::simulator
