#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// The first value at a simple JSON path, as columns of CustomResourceDefinitions use them: `.spec.hosts`, `.a[0].b`,
/// `.metadata.labels.a\.b`, `.status.conditions[?(@.type=="Ready")].status`. Null when there is none.
const nlohmann::json* find_by_path(const nlohmann::json& object, const std::string& path);

}  // namespace mesh::simulator
