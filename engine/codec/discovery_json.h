#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/model/checks/discovery.h"

namespace mesh {

/// `discovery` of a check document.
nlohmann::ordered_json discovery_json(const std::vector<DiscoveryEdge>& edges);

}  // namespace mesh
