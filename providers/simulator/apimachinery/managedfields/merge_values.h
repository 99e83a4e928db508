#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// Both together; where both have a leaf, `more` wins. Lists keep the order of `base` unless `more` says another.
nlohmann::json merge_values(const Schema& schema, const nlohmann::json& base, const nlohmann::json& more);

}  // namespace mesh::simulator
