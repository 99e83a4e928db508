#pragma once

#include <string>

#include "engine/model/init/found_cluster.h"
#include "engine/model/live_state.h"

namespace mesh::istio {

/// The namespace in which the istiods are that were found: istio-system where one of them is there, else the first;
/// empty: none was found.
std::string system_namespace_in(const ClusterState& live);

/// What the objects that `read_found_cluster` brought say of the cluster. Pure.
FoundCluster inspect_cluster(const ClusterState& live, const FoundContext& context);

}  // namespace mesh::istio
