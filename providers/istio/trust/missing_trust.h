#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/trust.h"

namespace mesh::istio {

/// The fewest roots to add to trust bundles, counted per root and cluster, so that both sides of every edge accept the
/// root of the other. There is one such set: a cluster needs each valid root of each neighbour that it does not accept
/// yet, nothing else makes it accept that one, and no addition is of use for another cluster or root. Left out is what
/// no addition helps: roots that cannot be read, and roots without a valid certificate. One entry per root, sorted.
std::vector<MissingBundle> missing_bundles(const std::vector<ClusterTrust>& clusters,
                                           const std::vector<TrustEdge>& edges, const std::string& now);

/// The same for trust domains: both sides of an edge need that of the other, as the caller's istiod compares the names
/// of servers with its own trust domain and aliases (istio-facts 6.5).
std::vector<MissingAlias> missing_aliases(const std::vector<ClusterTrust>& clusters,
                                          const std::vector<TrustEdge>& edges);

}  // namespace mesh::istio
