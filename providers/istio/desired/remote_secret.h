#pragma once

#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// The remote Secret that leads to a peer. It is the same object in every cluster, so it is built once per peer and
/// copied. `live`: of the peer, null when it was not read. The value of the kubeconfig is null: only an apply knows it.
DesiredObject remote_secret(const MeshSpec& mesh, const ClusterSpec& peer, const ClusterState* live);

/// What other clusters dial to reach this one; empty while that is unknown.
std::string server_of(const ClusterSpec& cluster, const ClusterState* live);

}  // namespace mesh::istio
