#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/result.h"

namespace mesh {

/// The inverse of yaml_text. Reads what yaml_text writes, and edits of it in plain YAML. Errors: snapshot_invalid, with
/// the place.
Result<nlohmann::json> parse_yaml(const std::string& text, const std::string& file_name);

}  // namespace mesh
