#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"

namespace mesh::simulator {

/// RFC 6902. Answers the patched tree, not decoded, defaulted or checked yet. Errors: 422 for a step that does not fit
/// the object.
ApiResult<nlohmann::json> json_patch(const nlohmann::json& live, const nlohmann::json& steps);

/// RFC 7386.
nlohmann::json merge_patch(const nlohmann::json& live, const nlohmann::json& patch);

}  // namespace mesh::simulator
