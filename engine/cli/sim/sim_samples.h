#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "providers/simulator/simulator.h"

namespace mesh::cli {

/// Istio's samples in every cluster, namespace `sample`: Sleep, and HelloWorld, v1 and v2 in turn. Waits a few seconds
/// until their pods are ready. `clusters`: in the order of their turns, names, and revisions of their istiods. Errors:
/// internal.
Result<void> add_samples(simulator::Simulation& simulation,
                         const std::vector<std::pair<std::string, std::string>>& clusters, Clock& clock,
                         const std::stop_token& stop);

}  // namespace mesh::cli
