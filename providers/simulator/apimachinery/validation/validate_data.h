#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/causes.h"

namespace mesh::simulator {

void validate_secret(const nlohmann::json& object, Causes& causes);
/// The type stays, and so does the data once the object is immutable.
void validate_secret_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_lease(const nlohmann::json& object, Causes& causes);
void validate_config_map(const nlohmann::json& object, Causes& causes);
void validate_config_map_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);

}  // namespace mesh::simulator
