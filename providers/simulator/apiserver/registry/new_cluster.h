#pragma once

#include "providers/simulator/apiserver/cluster.h"

namespace mesh::simulator {

/// Puts in what every cluster has from its first second: its namespaces, the service `kubernetes`, the ClusterRoles and
/// their bindings, the definitions of Istio's custom resources.
void furnish(Cluster& cluster);

}  // namespace mesh::simulator
