#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// What the server refuses in a new object: 422 with causes, or nothing.
std::optional<ApiError> validate_create(const Write& write, const nlohmann::json& object);

/// What it refuses in a change, immutable fields among it.
std::optional<ApiError> validate_update(const Write& write, const nlohmann::json& before, const nlohmann::json& after);

}  // namespace mesh::simulator
