#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// What one istiod Deployment says of itself.
struct Istiod {
  std::string deployment = {};
  /// env REVISION, else label istio.io/rev, else `default`.
  std::string revision = {};
  /// env CLUSTER_ID; empty when it is not there as a plain value.
  std::string cluster_id = {};

  bool operator==(const Istiod&) const = default;
};

/// The plain value of an environment variable of any container of a Deployment; empty when there is none.
std::string env_of(const nlohmann::json& deployment, const std::string& name);

/// The istiods that were found in the system namespace (Deployments with label app=istiod), by name.
std::vector<Istiod> istiods_of(const ClusterState& live, const std::string& system_namespace);

/// What the spec leaves to the cluster, and whether it can be a member of the mesh at all.
struct ControlPlane {
  /// The system namespace is there, as far as is known.
  bool has_namespace = true;
  /// Gateway pods will be injected and remote Secrets will be read, as far as is known.
  bool ready = true;
  /// Empty while it is unknown, or when it is the default revision.
  std::string revision = {};
  /// namespace_missing, control_plane_missing, revision_ambiguous (errors); cluster_id_mismatch (warning).
  Diagnostics diagnostics = {};
};

/// Judges what is live. A cluster that was not read (null, unreachable) is taken as sound: its actions are unknown
/// anyway.
ControlPlane control_plane_of(const MeshSpec& mesh, const ClusterSpec& cluster, const ClusterState* live);

}  // namespace mesh::istio
