#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/simulator/apiserver/handlers/draft.h"

namespace mesh::simulator {

/// What single kinds need besides their schema, at the points of a write where the server does it.

/// Right after decoding: stringData becomes data, a namespace gets its label. Before ownership is written down.
void fill_in(const Draft& draft, nlohmann::json& object);

/// Before a new object is checked: what others would do by admission (a pod's service account, a namespace's phase).
std::optional<ApiError> admit(const Draft& draft, const nlohmann::json& before, nlohmann::json& object);

/// After the checks: addresses and ports of Services. `before` null: a create.
std::optional<ApiError> allocate(const Draft& draft, const nlohmann::json& before, nlohmann::json& object);

}  // namespace mesh::simulator
