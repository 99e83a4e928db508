#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/checks/trust.h"

namespace mesh::istio {

/// Planned ways for traffic: caller and callee, by the clusters' names.
using PlannedEdges = std::vector<std::pair<std::string, std::string>>;

/// Judges every planned edge, groups clusters by their roots, and works out what to add to trust bundles. `now` is RFC
/// 3339 in UTC. An edge of a cluster that is not among them is unknown.
TrustGraph trust_graph(std::vector<ClusterTrust> clusters, const PlannedEdges& planned, const std::string& now);

}  // namespace mesh::istio
