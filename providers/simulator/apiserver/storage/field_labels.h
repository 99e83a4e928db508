#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mesh::simulator {

/// What field selectors may name for this resource ("pods", "deployments.apps") besides metadata.name and
/// metadata.namespace.
const std::vector<std::string>& field_labels(const std::string& resource);

/// The values of those, "" for what is absent.
std::vector<std::pair<std::string, std::string>> selectable_fields(const std::string& resource,
                                                                   const nlohmann::json& object);

}  // namespace mesh::simulator
