#pragma once

#include "providers/simulator/apiserver/cluster.h"

namespace mesh::simulator {

/// What the server does by itself after a change: garbage collection by owner, namespaces that empty themselves,
/// definitions that are established, custom resources whose definition went.
void react(Cluster& cluster, const ObjectEvent& event);

}  // namespace mesh::simulator
