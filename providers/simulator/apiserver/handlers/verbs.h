#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"

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
