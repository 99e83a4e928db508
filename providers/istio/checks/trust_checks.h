#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/trust.h"
#include "providers/istio/checks/cluster_view.h"

namespace mesh::istio {

/// The trust graph of the clusters that were read, and of those that did not answer (`silent`), over every planned
/// discovery: workloads of the discovering cluster call those of its peer. `now` is RFC 3339 in UTC.
TrustGraph trust_of_views(const Spec& spec, const std::vector<ClusterView>& views,
                          const std::vector<std::string>& silent, const std::string& now);

}  // namespace mesh::istio
