#pragma once

#include "providers/simulator/api/cluster.h"
#include "providers/simulator/api/exchange.h"

namespace mesh::simulator {

/// One function per verb, after authorization and routing. They take the writing lock themselves.
Answer get_object(Cluster& cluster, Exchange& exchange);
Answer list_objects(Cluster& cluster, Exchange& exchange);
Answer watch_objects(Cluster& cluster, Exchange& exchange);
Answer create_object(Cluster& cluster, Exchange& exchange);
Answer update_object(Cluster& cluster, Exchange& exchange);
Answer patch_object(Cluster& cluster, Exchange& exchange);
Answer delete_object(Cluster& cluster, Exchange& exchange);
Answer delete_collection(Cluster& cluster, Exchange& exchange);

/// What is under an object: status goes through the verbs above, all others come here.
Answer handle_subresource(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
