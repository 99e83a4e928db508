#pragma once

#include <vector>

#include "engine/model/platform.h"
#include "engine/model/spec.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {

/// Simulated clusters as the spec expects to find its own, each with an istiod. With Istio's own CA all have one root.
std::vector<simulator::ClusterSetup> clusters_of(const Spec& spec, const PlatformSet& platforms);

}  // namespace mesh::rehearse
