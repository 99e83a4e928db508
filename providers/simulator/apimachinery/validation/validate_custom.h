#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/causes.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// A custom resource against the schema of its definition.
void validate_custom(const Write& write, const nlohmann::json& object, Causes& causes);

/// A CustomResourceDefinition, but for the schemas in it.
void validate_definition(const nlohmann::json& object, Causes& causes);

}  // namespace mesh::simulator
