#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// GET, PUT and PATCH of an object's scale: spec.replicas as autoscaling/v1 Scale.
Answer handle_scale(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
