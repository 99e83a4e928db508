#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/discovery.h"
#include "providers/istio/checks/cluster_view.h"

namespace mesh::istio {

/// Who discovers whom, by spec, API servers and the memory of each istiod: every discovery of the spec, and every
/// remote cluster that an istiod holds besides. `silent`: clusters that did not answer. By `from`, then `to`, then id.
std::vector<DiscoveryEdge> discovery_edges(const Spec& spec, const std::vector<ClusterView>& views,
                                           const std::vector<std::string>& silent);

}  // namespace mesh::istio
