#pragma once

#include "providers/simulator/controllers/site.h"

namespace mesh::simulator::world {

/// The cluster's nodes, as its platform would have them: addresses, labels and readiness.
void create_nodes(Site& site);

}  // namespace mesh::simulator::world
