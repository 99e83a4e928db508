#pragma once

#include "providers/simulator/controllers/cluster_context.h"

namespace mesh::simulator {

/// The cluster's nodes, as its platform would have them: addresses, labels and readiness.
void create_nodes(ClusterContext& context);

}  // namespace mesh::simulator
