#include "providers/istio/lease_locks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "providers/istio/lease.h"

namespace mesh::istio {
namespace {

using kubernetes::Client;
using kubernetes::Force;
using kubernetes::PatchType;

/// Two rounds of renewals that are not answered have to end before the lock expires.
constexpr std::chrono::seconds one_request{4};
/// Others change labels, or a lost answer makes the version unknown; a change that loses so often meets more than that.
constexpr int most_races = 5;

bool failed_with(const Diagnostics& why, Code code) {
  return std::any_of(why.begin(), why.end(), [&](const Diagnostic& one) { return one.code == code; });
}

std::string holder_of(const Object& lease) {
  const auto lock = lock_of(lease, {});
  return lock ? lock->holder.run : std::string();
}

Diagnostic lock_lost_by(const std::string& cluster, const std::string& cause) {
  return {.code = Code::lock_lost,
          .where = fmt::format("cluster {}", cluster),
          .summary = "the lock of the cluster was lost",
          .cause = cause,
          .hint = "nothing new was started; find out who took it (`mesh lock list`), then apply again"};
}

}  // namespace

kubernetes::CallLimits LeaseLocks::limits(const std::stop_token& stop) const {
  return {.deadline = clock_.now() + one_request, .stop = stop};
}

std::optional<Object> LeaseLocks::held(const std::string& cluster) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(cluster);
  return found == held_.end() ? std::nullopt : std::optional(found->second);
}

void LeaseLocks::hold(const std::string& cluster, Object lease) {
  const std::lock_guard lock(mutex_);
  held_.insert_or_assign(cluster, std::move(lease));
}

Diagnostics LeaseLocks::explained(Diagnostics why) const {
  for (Diagnostic& one : why) {
    if (one.code != Code::forbidden) continue;
    one.hint = fmt::format(
        "a run that writes locks the cluster: give it get, create, patch and delete on leases.coordination.k8s.io in "
        "{}",
        mesh_.system_namespace);
  }
  return why;
}

Result<std::unique_ptr<Object>> LeaseLocks::look(Client& client, const std::stop_token& stop) const {
  auto answers = client.read_all({{.id = lease_id(mesh_.system_namespace, mesh_.name)}}, limits(stop));
  if (!answers.front()) return failure(explained(std::move(answers.front().error())));
  if (answers.front()->objects.empty()) return std::unique_ptr<Object>();
  return std::make_unique<Object>(std::move(answers.front()->objects.front()));
}

std::optional<ClusterLock> LeaseLocks::judge(Client& client, const Object& lease) const {
  // The clock of the API server dated the renewals; without it a lock counts as held, for ours may be ahead.
  const auto there = client.probe(limits());
  if (!there || !there->clock_skew) return lock_of(lease, {});
  return lock_of(lease, clock_.wall() + *there->clock_skew);
}

Result<std::optional<ClusterLock>> LeaseLocks::read(const std::string& cluster, const std::stop_token& stop) {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  auto lease = look(**client, stop);
  if (!lease) return failure(std::move(lease.error()));
  if (!*lease) return std::optional<ClusterLock>();
  return judge(**client, **lease);
}

Result<ClusterLocks::Attempt> LeaseLocks::take(const std::string& cluster, const LockHolder& holder,
                                               const std::stop_token& stop) {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  const ObjectId id = lease_id(mesh_.system_namespace, mesh_.name);
  for (int race = 0;; ++race) {
    // Makes it, or answers what is there.
    auto there = (*client)->apply(id, lease_body(id, mesh_.name), Force::yes, limits(stop));
    if (!there && failed_with(there.error(), Code::not_found)) return Attempt{.taken = true, .found = {}};
    if (!there) return failure(explained(std::move(there.error())));
    const Object& lease = there->object;
    if (holder_of(lease) == holder.run) {
      hold(cluster, lease);
      return Attempt{.taken = true, .found = {}};
    }
    std::optional<ClusterLock> found;
    if (lock_of(lease, {})) found = judge(**client, lease);
    if (found && found->held()) return Attempt{.taken = false, .found = std::move(found)};
    auto taken = (*client)->patch(id, PatchType::merge, lease_patch(lease, holder, clock_.wall()), limits(stop));
    if (taken) {
      hold(cluster, std::move(*taken));
      return Attempt{.taken = true, .found = std::move(found)};
    }
    const bool moved = failed_with(taken.error(), Code::conflict) || failed_with(taken.error(), Code::not_found);
    if (!moved || race >= most_races) return failure(explained(std::move(taken.error())));
  }
}

Result<void> LeaseLocks::renew(const std::string& cluster, const LockHolder& holder) {
  auto lease = held(cluster);
  if (!lease) return {};
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  for (int race = 0;; ++race) {
    auto renewed = (*client)->patch(lease->id, PatchType::merge, renewal_patch(*lease, clock_.wall()), limits());
    if (renewed) {
      hold(cluster, std::move(*renewed));
      return {};
    }
    if (failed_with(renewed.error(), Code::not_found)) return failure(lock_lost_by(cluster, "its Lease was deleted"));
    if (!failed_with(renewed.error(), Code::conflict) || race >= most_races) return failure(std::move(renewed.error()));
    auto now = look(**client);
    if (!now) return failure(std::move(now.error()));
    if (!*now) return failure(lock_lost_by(cluster, "its Lease was deleted"));
    if (holder_of(**now) != holder.run) {
      const auto other = lock_of(**now, {});
      return failure(lock_lost_by(cluster, other && !other->holder.run.empty()
                                               ? fmt::format("now held by: {}", to_string(other->holder))
                                               : "it was released by hand"));
    }
    lease = **now;
  }
}

Result<void> LeaseLocks::release(const std::string& cluster, const LockHolder& holder) {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  auto lease = held(cluster);
  {
    const std::lock_guard lock(mutex_);
    held_.erase(cluster);
  }
  for (int race = 0;; ++race) {
    if (!lease) {
      auto now = look(**client);
      if (!now) return failure(std::move(now.error()));
      if (!*now) return {};
      lease = **now;
    }
    // Another run has it: that is its to release.
    if (holder_of(*lease) != holder.run) return {};
    auto gone = (*client)->remove(lease->id, lease->uid, limits(), lease->resource_version);
    if (gone) return {};
    if (!failed_with(gone.error(), Code::conflict) || race >= most_races)
      return failure(explained(std::move(gone.error())));
    lease.reset();
  }
}

Result<void> LeaseLocks::revoke(const std::string& cluster, const ClusterLock& seen) {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  auto lease = look(**client);
  if (!lease) return failure(std::move(lease.error()));
  if (!*lease) return {};
  if (holder_of(**lease) != seen.holder.run) {
    return failure(Diagnostic{.code = Code::conflict,
                              .where = fmt::format("cluster {}", cluster),
                              .summary = "the lock has changed since it was shown",
                              .cause = "another run took it, or it was released",
                              .hint = "look again with `mesh lock list`"});
  }
  auto written = (*client)->patch((*lease)->id, PatchType::merge, lease_patch(**lease, {}, {}), limits());
  if (!written) return failure(explained(std::move(written.error())));
  return {};
}

}  // namespace mesh::istio
