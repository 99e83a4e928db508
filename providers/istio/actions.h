#pragma once

#include <map>
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
  std::string istio_version = {};
  /// Clusters whose traffic comes in through this one's gateway: those that discover it, sorted.
  std::vector<std::string> callers = {};
};

/// One desired action per kind; `MemberInputs::presence` says whether the objects should be there.
DesiredAction network_action(const MemberInputs& member);
/// The other mesh whose objects stand in the cluster where none of this one does. All meshes write under one name as
/// field manager, and the namespace says of none that it is its own: what stands there tells.
std::optional<std::string> other_mesh_in(const MemberInputs& member);
/// Error: belongs_to_other_mesh.
Diagnostic network_of_other_mesh(const MemberInputs& member, const std::string& other);
DesiredAction reader_action(const MemberInputs& member);
DesiredAction gateway_action(const MemberInputs& member);
DesiredAction expose_action(const MemberInputs& member);

/// The remote Secret that leads to a peer. It is the same object in every cluster, so it is built once per peer and
/// copied. `live`: of the peer, null when it was not read. The value of the kubeconfig is null: only an apply knows it.
DesiredObject remote_secret(const MeshSpec& mesh, const ClusterSpec& peer, const ClusterState* live);

/// What other clusters dial to reach this one; empty while that is unknown.
std::string server_of(const ClusterSpec& cluster, const ClusterState* live);

/// `CLUSTER/KIND` and `CLUSTER/discovery/PEER`.
Address address_of(const std::string& cluster, ActionKind kind);
Address discovery_address(const std::string& cluster, const std::string& peer);

/// apiVersion, kind and metadata with identity and labels; the labels of mesh's own objects are added.
nlohmann::json owned_body(const MeshSpec& mesh, const ObjectId& id, nlohmann::json labels = nlohmann::json::object());

/// `metadata.<group>[key]`, group being labels or annotations.
FieldPath metadata_path(const char* group, const std::string& key);

}  // namespace mesh::istio
