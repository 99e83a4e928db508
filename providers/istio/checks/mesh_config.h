#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace mesh::istio {

/// A mesh configuration (YAML) as JSON: scalars as text, an empty text for YAML's null. Nothing when it is not YAML, or
/// unreasonably large or deep.
std::optional<nlohmann::json> parse_mesh_config(const std::string& text);

}  // namespace mesh::istio
