#pragma once

#include "providers/simulator/apiserver/cluster.h"

namespace mesh::simulator {

/// Finalizers by which an object waits for its dependents.
inline constexpr const char* foreground_finalizer = "foregroundDeletion";
inline constexpr const char* orphan_finalizer = "orphan";

/// What the server does by itself after a change: garbage collection by owner, namespaces that empty themselves,
/// definitions that are established, custom resources whose definition went.
void react(Cluster& cluster, const ObjectEvent& event);

}  // namespace mesh::simulator
