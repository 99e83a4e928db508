#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/simulator/apiserver/handlers/draft.h"

namespace mesh::simulator {

/// Hands spec.replicas over in an object's metadata.managedFields: `apply` adds an owner (409 when another one has set
/// another value and force is off), an update takes the field from whoever had it. Nobody had it, and it is no apply:
/// nothing is written down.
std::optional<ApiError> own_replicas(const Draft& draft, bool apply, bool changed, nlohmann::json& object);

}  // namespace mesh::simulator
