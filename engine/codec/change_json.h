#pragma once

#include <nlohmann/json.hpp>

#include "engine/codec/json_reader.h"
#include "engine/model/action.h"
#include "engine/model/change.h"

namespace mesh {

/// What happens to the object: the name of the variant's alternative.
Operation operation_of(const ObjectChange& change);

nlohmann::ordered_json to_json(const ObjectChange& change);
ObjectChange read_object_change(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems);

}  // namespace mesh
