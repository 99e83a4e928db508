#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mesh {

/// Who writes to a cluster and what for: what a lock says, and the intent that stays there when the run dies.
struct LockHolder {
  /// Unique per run. Empty: the lock was released by hand, and the rest tells of the run that held it.
  std::string run = {};
  /// `user@host`.
  std::string who = {};
  /// Of the run of a CI system; empty: there is none.
  std::string url = {};
  /// `apply` or `destroy`.
  std::string command = {};
  /// `sha256:HEX` of the plan that is carried out.
  std::string plan = {};
  /// RFC 3339, by the clock of the holder.
  std::string since = {};
  /// What the run writes to this cluster, by address; cut where it is long.
  std::string addresses = {};

  bool operator==(const LockHolder&) const = default;
};

/// The lock of one cluster as it is now.
struct ClusterLock {
  LockHolder holder = {};
  /// Since the last renewal and until it counts as given up, by the clock of that cluster's API server.
  std::chrono::seconds age{0};
  std::chrono::seconds left{0};

  /// Whether a run that may be alive holds it.
  bool held() const { return !holder.run.empty() && left.count() > 0; }

  bool operator==(const ClusterLock&) const = default;
};

/// `apply of jo@build-7 at 2026-11-22T13:00:00Z (https://ci.example/1)`.
std::string to_string(const LockHolder& holder);

}  // namespace mesh
