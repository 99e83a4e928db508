#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "engine/model/cluster_lock.h"

namespace mesh {

/// One lock per cluster and mesh, kept in that cluster. Whoever writes to the cluster holds it. Thread-safe.
class ClusterLocks {
 public:
  ClusterLocks() = default;
  ClusterLocks(const ClusterLocks&) = delete;
  ClusterLocks& operator=(const ClusterLocks&) = delete;
  virtual ~ClusterLocks() = default;

  /// What a try to take a lock came to.
  struct Attempt {
    bool taken = false;
    /// What the lock said before, where it told of another run: who holds it, or who held it and did not end.
    std::optional<ClusterLock> found = {};
  };

  /// How long a lock counts as held after the last renewal.
  static constexpr std::chrono::seconds duration{30};

  /// Writes nothing. Nothing: the cluster is not locked. Errors: those of reading an object.
  virtual Result<std::optional<ClusterLock>> read(const std::string& cluster, const std::stop_token& stop) = 0;
  /// Tries once. A lock that has expired is taken over. Errors: those of writing an object.
  virtual Result<Attempt> take(const std::string& cluster, const LockHolder& holder, const std::stop_token& stop) = 0;
  /// Says that the run is alive. Errors: lock_lost (another run holds it, or it was released); any other: it could not
  /// be said.
  virtual Result<void> renew(const std::string& cluster, const LockHolder& holder) = 0;
  /// Leaves nothing of the lock behind, if `holder` still is who it names. Errors: those of writing an object.
  virtual Result<void> release(const std::string& cluster, const LockHolder& holder) = 0;
  /// Takes the lock from whoever holds it, as long as that is `seen`; what the run wrote stays to be known. Errors:
  /// conflict: the lock has changed since.
  virtual Result<void> revoke(const std::string& cluster, const ClusterLock& seen) = 0;
};

}  // namespace mesh
