#pragma once

#include <string>

#include "engine/model/checks/trust.h"
#include "engine/render/style.h"

namespace mesh {

/// Clusters by root, the pairs between which traffic cannot be trusted, and what to add. At most 20 pairs: JSON has
/// all. Empty for a graph without clusters.
std::string render_trust(const TrustGraph& graph, Color color);

}  // namespace mesh
