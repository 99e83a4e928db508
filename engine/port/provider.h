#pragma once

#include <set>
#include <stop_token>

#include "engine/model/action.h"
#include "engine/model/checks/check.h"
#include "engine/model/live_state.h"
#include "engine/model/report.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "engine/port/cluster_locks.h"
#include "engine/port/progress.h"

namespace mesh {

/// The clusters of a spec, as the engine needs them. Thread-safe: clusters and actions are worked on at once.
class Provider {
 public:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  /// Reads everything of one cluster that a plan or a drift needs, with get and list rights only, in a number of
  /// requests that does not depend on the number of peers. Never fails: what could not be read is said in the answer.
  /// `checks` is filled in the same pass with what the checks of a plan look at; null: that is not asked for.
  virtual ClusterState read(const ClusterSpec& cluster, CheckReading* checks, TimePoint deadline,
                            std::stop_token stop) = 0;

  /// Adds to what was read of the cluster the objects that the last snapshot records and that nothing asked for: of
  /// another namespace, or of another version of mesh. Never fails either.
  virtual void read_recorded(const ClusterSpec& cluster, const std::set<ObjectId>& recorded, ClusterState& state,
                             TimePoint deadline, std::stop_token stop) = 0;

  /// Where the cluster is and whom its kubeconfig trusts, without a request: a reading LeftOut.
  virtual ClusterState access(const ClusterSpec& cluster) = 0;

  /// Reads what the checks of one cluster need beside `read`, in a number of requests that does not depend on the
  /// number of peers: with get and list rights, questions about rights, and commands in istiod's pods that show what
  /// istiod knows. Never fails: what could not be read is said in the answer. Of Secrets only remote ones are read, and
  /// of them no value is in the answer. `depth`: everything or more.
  virtual CheckReading read_for_checks(const ClusterSpec& cluster, CheckDepth depth, TimePoint deadline,
                                       std::stop_token stop) = 0;

  /// Carries out one action: checks that each object is still what the plan read, writes, waits until ready. Fills all
  /// of the report but `took`. Retries what may be retried; stops waiting when asked to.
  virtual ActionReport perform(const Action& action, Progress& progress, std::stop_token stop) = 0;

  virtual ClusterLocks& locks() = 0;
};

}  // namespace mesh
