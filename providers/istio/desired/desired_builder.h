#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/platform.h"
#include "engine/model/snapshot.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// Clusters of the last snapshot, with their objects as far as these were read.
using Recorded = std::map<std::string, ClusterSnapshot>;

/// Every action that the spec asks for, and those that take away what it no longer asks for. Pure. Live state decides
/// only what the spec leaves to it: revision "auto", the served version of Gateway, the selector of an adopted
/// Deployment, the server and CA of each kubeconfig, what of this mesh is there beside it. `removed`: clusters of the
/// last snapshot that the spec does not name any more; with Intent::destroy everything is absent. Actions of a cluster
/// that is not `chosen` (nothing given: all are) are bare: their address and what they are, no objects.
DesiredState desired(const Spec& spec, const PlatformSet& platforms, const LiveState& live,
                     const std::map<std::string, ClusterSpec>& removed, Intent intent, const Recorded& recorded = {},
                     const std::function<bool(const std::string& cluster)>& chosen = {});

}  // namespace mesh::istio
