#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// One cluster whose objects are held against what is desired of it.
struct LeftoversInput {
  const MeshSpec& mesh;
  const std::string& cluster;
  const ClusterState& live;
  Presence presence = Presence::present;
  /// Objects of the last snapshot, with their bodies; null: it was not read.
  const std::map<ObjectId, nlohmann::json>* recorded = nullptr;
  /// Whether the spec or the last snapshot names a cluster so.
  std::function<bool(const std::string& name)> is_member;
  /// Whether the Secret is of a peer that is to be discovered, though perhaps not now.
  std::function<bool(const std::string& secret)> is_wanted;
  /// How the spec calls the cluster that had that name, which may be the same; nothing when that is not known.
  std::function<std::optional<std::string>(const std::string& peer)> name_now;
  /// The Secret that takes the place of those of a peer; empty when it is not to be discovered.
  std::function<std::string(const std::string& peer)> successor;
};

/// The one rule of removal: what is known to be of this mesh, by its labels or by the last snapshot, and is not
/// desired, is taken away. It joins an absent action of its kind; beside a present one, which brings about what takes
/// its place, it has an action of its own below that address, `C/gateway/former`, and goes after it (make before
/// break). What has no such replacement now stays. `desired`: all actions; those of this rule are added, and a warning
/// of each peer of which nothing else is known (incomplete).
void add_leftovers(DesiredState& desired, const LeftoversInput& input);

/// Orders the removals among each other and after what replaces them, once those of all clusters are there.
void order_leftovers(DesiredState& desired);

}  // namespace mesh::istio
