#pragma once

#include <nlohmann/json.hpp>

#include "engine/codec/json_reader.h"
#include "engine/model/action.h"
#include "engine/model/change.h"

namespace mesh {

nlohmann::ordered_json to_json(const ObjectChange& change);
ObjectChange read_object_change(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems);

}  // namespace mesh
