#pragma once

#include <map>
#include <mutex>
#include <string>

#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "engine/port/cluster_locks.h"
#include "providers/istio/client_pool.h"

namespace mesh::istio {

/// Locks as Leases in the system namespace. Every change names the version that it changes, so that of two runs at once
/// one alone gets it. A cluster without that namespace has nothing to lock: there a lock is taken at once.
class LeaseLocks final : public ClusterLocks {
 public:
  LeaseLocks(const MeshSpec& mesh, ClientPool& client_pool, Clock& clock)
      : mesh_(mesh), client_pool_(client_pool), clock_(clock) {}

  Result<std::optional<ClusterLock>> read(const std::string& cluster, const std::stop_token& stop) override;
  Result<Attempt> take(const std::string& cluster, const LockHolder& holder, const std::stop_token& stop) override;
  Result<void> renew(const std::string& cluster, const LockHolder& holder) override;
  Result<void> release(const std::string& cluster, const LockHolder& holder) override;
  Result<void> revoke(const std::string& cluster, const ClusterLock& seen) override;

 private:
  kubernetes::CallLimits limits(const std::stop_token& stop = {}) const;
  /// Null: there is none.
  Result<std::unique_ptr<Object>> look(kubernetes::Client& client, const std::stop_token& stop = {}) const;
  std::optional<ClusterLock> judge(kubernetes::Client& client, const Object& lease) const;
  /// Adds which right is missing.
  Diagnostics explained(Diagnostics why) const;
  std::optional<Object> held(const std::string& cluster) const;
  void hold(const std::string& cluster, Object lease);

  const MeshSpec& mesh_;
  ClientPool& client_pool_;
  Clock& clock_;
  mutable std::mutex mutex_;
  /// Leases that this run holds, as last written. Under mutex_.
  std::map<std::string, Object> held_;
};

}  // namespace mesh::istio
