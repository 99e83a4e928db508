#pragma once

#include <nlohmann/json.hpp>

#include "engine/model/checks/trust.h"

namespace mesh {

/// `trust` of mesh.check/v1: clusters, groups, how many edges work, the edges that do not, and what to add. Roots are
/// told by the fingerprints of their keys.
nlohmann::ordered_json to_json(const TrustGraph& graph);

}  // namespace mesh
