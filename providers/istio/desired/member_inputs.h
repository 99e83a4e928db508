#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/platform.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// Everything that the objects of one cluster are made from.
struct MemberInputs {
  const MeshSpec& mesh;
  const ClusterSpec& cluster;
  const Platform& platform;
  /// Null when it was not read.
  const ClusterState* live = nullptr;
  Presence presence = Presence::present;
  /// Empty for the default revision, or while it is unknown.
  std::string revision = {};
  /// Served version of group networking.istio.io to write.
  std::string gateway_version = {};
  /// Clusters whose traffic comes in through this one's gateway: those that discover it, sorted.
  std::vector<std::string> callers = {};
};

/// `CLUSTER/KIND` and `CLUSTER/discovery/PEER`.
Address address_of(const std::string& cluster, ActionKind kind);
Address discovery_address(const std::string& cluster, const std::string& peer);

/// apiVersion, kind and metadata with identity and labels; the labels of mesh's own objects are added.
nlohmann::json owned_body(const MeshSpec& mesh, const ObjectId& id, nlohmann::json labels = nlohmann::json::object());

/// Forbids what lets others delete an object of ours: the labels that tools prune by, and owners, without whom the
/// garbage collector deletes it (istio-facts 11).
void forbid_pruning(DesiredObject& object);

/// `metadata.<group>[key]`, group being labels or annotations.
FieldPath metadata_path(const char* group, const std::string& key);

}  // namespace mesh::istio
