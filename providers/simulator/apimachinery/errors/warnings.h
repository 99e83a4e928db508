#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// What the server takes but warns of, worded as it does. `before` null: a create.
std::vector<std::string> write_warnings(const Write& write, const nlohmann::json& before, const nlohmann::json& after);

}  // namespace mesh::simulator
