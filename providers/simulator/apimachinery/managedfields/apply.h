#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Server-side apply: merges `config` into `live` (null: it does not exist yet) and answers the object to store, with
/// defaults and metadata.managedFields. Equal to `live` when nothing changes: then nothing is written.
/// Not done here: uid, creationTimestamp, resourceVersion preconditions, strategy and validation.
/// Errors: 409 FieldManagerConflict causes; 400 for a body that cannot be applied; 500 `failed to create typed patch
/// object …` for fields that the schema does not have, wrong types and duplicate keys.
ApiResult<nlohmann::json> server_side_apply(const Write& write, const nlohmann::json& live,
                                            const nlohmann::json& config);

}  // namespace mesh::simulator
