#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apimachinery/errors/causes.h"

namespace mesh::simulator {

void validate_pod(const nlohmann::json& object, Causes& causes);
/// All but images and tolerations stays as it was.
void validate_pod_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);
/// The spec of a pod or, under `field`, of a template.
void validate_pod_spec(const nlohmann::json& spec, const std::string& field, Causes& causes);

}  // namespace mesh::simulator
