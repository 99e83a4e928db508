#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/causes.h"

namespace mesh::simulator {

void validate_service(const nlohmann::json& object, Causes& causes);
/// Addresses and load balancer class stay as they are set.
void validate_service_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_service_status(const nlohmann::json& object, Causes& causes);

}  // namespace mesh::simulator
