#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/discovery.h"
#include "engine/render/style.h"

namespace mesh {

/// Who discovers whom as a table of the three layers: a line for each edge that is not in effect, one line where many
/// fail alike, and the number of those that are.
std::string render_discovery(const std::vector<DiscoveryEdge>& edges, Color color);

}  // namespace mesh
