#pragma once

#include "engine/model/live_state.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// Reads what `inspect_cluster` looks at, with get and list rights: the version, then two rounds of at most eight
/// requests each, and two more for each further revision of istiod. `state` comes with its name; what failed is said in
/// it.
void read_found_cluster(ClusterState& state, kubernetes::Client& client, const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
