#pragma once

#include "providers/simulator/api/cluster.h"
#include "providers/simulator/api/exchange.h"

namespace mesh::simulator {

/// GET, PUT and PATCH of an object's scale: spec.replicas as autoscaling/v1 Scale.
Answer handle_scale(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
