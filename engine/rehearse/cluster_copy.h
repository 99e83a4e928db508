#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/live_state.h"
#include "engine/model/snapshot.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {

/// Where a cluster's API server was when the copy was made.
struct ServerOfCopy {
  std::string answered;
  /// What the spec tells the other clusters to dial, behind which the same server is taken to be.
  std::string dialled_by_peers;
};

/// What simulated clusters begin with: the objects of others.
struct ClusterCopy {
  /// By cluster. With managedFields an object is taken as it is, without them mesh applied it.
  std::map<std::string, std::vector<nlohmann::json>> objects;
  /// Nothing: all remote Secrets lead to the simulated clusters. Else those do that lead to one of these addresses; any
  /// other leads where it did, that is nowhere.
  std::optional<std::map<std::string, ServerOfCopy>> servers;
};

/// What was applied. The Secrets have no values there, and get new ones.
ClusterCopy copy_of(const Snapshot& snapshot);

/// What was read. Istiods are left out: the simulator has its own.
ClusterCopy copy_of(const LiveState& live, const std::map<std::string, ClusterSpec>& clusters);

/// Server-side apply of one object by a manager. Errors: internal.
Result<void> put_object(simulator::Simulation& simulation, const std::string& cluster, const nlohmann::json& object,
                        const std::string& manager);

/// Puts the copy into the simulated clusters, remote Secrets last, when the tokens are there that they hold. `spec`:
/// theirs.
/// Errors: internal (an object was refused), timed_out (a token did not come), cancelled.
Result<void> load_copy(simulator::Simulation& simulation, const Spec& spec, const ClusterCopy& copy, Clock& clock,
                       const std::stop_token& stop);

}  // namespace mesh::rehearse
