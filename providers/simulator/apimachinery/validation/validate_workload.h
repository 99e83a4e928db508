#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/causes.h"

namespace mesh::simulator {

void validate_deployment(const nlohmann::json& object, Causes& causes);
void validate_deployment_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_replica_set(const nlohmann::json& object, Causes& causes);
void validate_replica_set_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
void validate_disruption_budget(const nlohmann::json& object, Causes& causes);
void validate_autoscaler(const nlohmann::json& object, Causes& causes);

}  // namespace mesh::simulator
