#pragma once

#include "providers/simulator/controllers/cluster_context.h"

namespace mesh::simulator {

/// Puts on the work queue what an event makes worth looking at: the object itself, its owner, what selects it.
void plan_after(ClusterContext& context, const ObjectEvent& event);
/// The same for every object that exists.
void plan_all(ClusterContext& context);

}  // namespace mesh::simulator
