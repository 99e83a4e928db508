#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// The first thing that makes a value unfit for the schema: "" or `.spec.x: field not declared in schema`.
std::string typing_error(const Schema& schema, const nlohmann::json& value);

}  // namespace mesh::simulator
