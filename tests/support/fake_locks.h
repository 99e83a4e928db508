#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/port/cluster_locks.h"

namespace mesh::testing {

/// Locks in memory. Remembers what was asked. Thread-safe.
class FakeLocks final : public ClusterLocks {
 public:
  Result<std::optional<ClusterLock>> read(const std::string& cluster, const std::stop_token&) override {
    const std::lock_guard lock(mutex_);
    const auto found = locks.find(cluster);
    return found == locks.end() ? std::optional<ClusterLock>() : std::optional(found->second);
  }
  Result<Attempt> take(const std::string& cluster, const LockHolder& holder, const std::stop_token&) override {
    const std::lock_guard lock(mutex_);
    if (auto why = log("take", cluster)) return failure(*why);
    const auto found = locks.find(cluster);
    std::optional<ClusterLock> before;
    if (found != locks.end() && found->second.holder.run != holder.run) before = found->second;
    if (before && before->held()) return Attempt{.taken = false, .found = before};
    locks[cluster] = {.holder = holder, .age = {}, .left = duration};
    return Attempt{.taken = true, .found = before};
  }
  Result<void> renew(const std::string& cluster, const LockHolder& holder) override {
    const std::lock_guard lock(mutex_);
    if (auto why = log("renew", cluster)) return failure(*why);
    const auto found = locks.find(cluster);
    if (found != locks.end() && found->second.holder.run == holder.run) return {};
    return failure(Diagnostic{.code = Code::lock_lost, .summary = "the lock of the cluster was lost"});
  }
  Result<void> release(const std::string& cluster, const LockHolder& holder) override {
    const std::lock_guard lock(mutex_);
    if (auto why = log("release", cluster)) return failure(*why);
    const auto found = locks.find(cluster);
    if (found != locks.end() && found->second.holder.run == holder.run) locks.erase(found);
    return {};
  }
  Result<void> revoke(const std::string& cluster, const ClusterLock&) override {
    const std::lock_guard lock(mutex_);
    if (auto why = log("revoke", cluster)) return failure(*why);
    locks[cluster].holder.run.clear();
    return {};
  }

  /// Asked before each call (`take c1`); an answer is the call's failure.
  std::function<std::optional<Diagnostic>(const std::string& call)> fail;
  std::map<std::string, ClusterLock> locks;
  std::vector<std::string> calls;

 private:
  std::optional<Diagnostic> log(const char* verb, const std::string& cluster) {
    calls.push_back(fmt::format("{} {}", verb, cluster));
    return fail ? fail(calls.back()) : std::nullopt;
  }
  std::mutex mutex_;
};

}  // namespace mesh::testing
