#pragma once

#include "providers/simulator/api/cluster.h"
#include "providers/simulator/api/exchange.h"

namespace mesh::simulator {

/// pods/{log,exec,attach,portforward,proxy} and services/proxy: what leads to the cluster's PodBackend.
Answer handle_pod_door(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
