#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh {

/// A member of an object; null when there is no object, no such member, or a JSON null.
const nlohmann::json* member(const nlohmann::json* object, const std::string& name);

/// An object without objects or lists in it: an item that a reader takes in at a glance, as a port or an environment
/// variable, and that plans show as one.
bool is_shallow(const nlohmann::json& item);

}  // namespace mesh
