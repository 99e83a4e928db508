#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// The three patches that are no apply. Each answers the patched tree, not decoded, defaulted or checked yet.

/// RFC 6902. Errors: 400 for what is no patch, 422 for a step that does not fit the object.
ApiResult<nlohmann::json> json_patch(const Write& write, const nlohmann::json& live, const nlohmann::json& steps);

/// RFC 7386.
ApiResult<nlohmann::json> merge_patch(const nlohmann::json& live, const nlohmann::json& patch);

/// With `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. Errors: 415 for kinds of custom
/// resources, 400 for items without their merge key and unknown directives.
ApiResult<nlohmann::json> strategic_merge_patch(const Write& write, const nlohmann::json& live,
                                                const nlohmann::json& patch);

}  // namespace mesh::simulator
