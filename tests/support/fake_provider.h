#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/port/provider.h"
#include "tests/support/fake_locks.h"

namespace mesh::testing {

/// Clusters that answer as the test says, at once by default. Remembers what was performed, in order, and how many
/// actions at once. Thread-safe.
class FakeProvider final : public Provider {
 public:
  std::function<ClusterState(const ClusterSpec&, TimePoint, std::stop_token)> read_one =
      [](const ClusterSpec& cluster, TimePoint, std::stop_token) { return ClusterState{.name = cluster.name}; };
  std::function<CheckReading(const ClusterSpec&)> read_checks_of = [](const ClusterSpec&) { return CheckReading{}; };
  std::function<Outcome(const Action&, std::stop_token)> perform_one = [](const Action&, std::stop_token) {
    return Outcome::done;
  };

  ClusterState read(const ClusterSpec& cluster, CheckReading* checks, TimePoint deadline,
                    std::stop_token stop) override {
    if (checks != nullptr) *checks = read_checks_of(cluster);
    return read_one(cluster, deadline, std::move(stop));
  }
  void read_recorded(const ClusterSpec&, const std::set<ObjectId>&, ClusterState&, TimePoint,
                     std::stop_token) override {}
  ClusterState access(const ClusterSpec& cluster) override { return {.name = cluster.name, .reading = LeftOut{}}; }
  CheckReading read_for_checks(const ClusterSpec& cluster, CheckDepth, TimePoint, std::stop_token) override {
    return read_checks_of(cluster);
  }
  ActionReport perform(const Action& action, Progress&, std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      performed.push_back(action.address.text);
      most = std::max(most, ++at_once_);
      most_of[action.cluster] = std::max(most_of[action.cluster], ++at_once_of_[action.cluster]);
    }
    ActionReport report{.address = action.address, .attempts = 1};
    report.outcome = perform_one(action, std::move(stop));
    const std::lock_guard lock(mutex_);
    --at_once_;
    --at_once_of_[action.cluster];
    return report;
  }
  ClusterLocks& locks() override { return locks_of_all; }

  FakeLocks locks_of_all;
  /// Addresses, in the order in which they began.
  std::vector<std::string> performed;
  /// The largest numbers of actions at once: in all, and by cluster.
  int most = 0;
  std::map<std::string, int> most_of;

 private:
  std::mutex mutex_;
  int at_once_ = 0;
  std::map<std::string, int> at_once_of_;
};

}  // namespace mesh::testing
