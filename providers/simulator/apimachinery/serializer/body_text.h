#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apimachinery/errors/api_error.h"

namespace mesh::simulator {

/// A request's text as a tree, members in the order of the text; of a member given twice the last one counts, without a
/// warning, as no client sends one. Errors: 400 for what cannot be read.
ApiResult<nlohmann::ordered_json> read_json(const std::string& text);

/// The first document; YAML 1.1's words for booleans (yes, off, …) count, as they do for the server.
ApiResult<nlohmann::ordered_json> read_yaml(const std::string& text);

}  // namespace mesh::simulator
