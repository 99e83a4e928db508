#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Answers the patched tree, not decoded, defaulted or checked yet. With `$patch`, `$retainKeys`, `$setElementOrder/…`
/// and `$deleteFromPrimitiveList/…`. Errors: 415 for kinds of custom resources, 400 for a `$retainKeys` that does not
/// fit, 500 for items without their merge key and unknown directives.
ApiResult<nlohmann::json> strategic_merge_patch(const Write& write, const nlohmann::json& live,
                                                const nlohmann::json& patch);

}  // namespace mesh::simulator
