#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// pods/{binding,log,exec,proxy}: a pod's way to its node, and what leads to the cluster's PodBackend.
/// Errors: 404, 400 for containers that are not there, 403 for exec without the right to create, 503 without a backend.
Answer handle_pod(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
