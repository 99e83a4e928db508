#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {

/// pods/{log,exec,attach,portforward,proxy} and services/proxy: what leads to the cluster's PodBackend.
Answer handle_pod_door(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
