#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "engine/schemas/schema_text.h"

namespace mesh {
/// The files of registry/data, which its generate.py and generate_protobuf.py wrote.
std::span<const EmbeddedText> simulator_served_data();
}  // namespace mesh

namespace mesh::simulator {

/// One of them, parsed: "resources", "definitions", "protobuf", or "rbac": the ClusterRoles and ClusterRoleBindings
/// with which every cluster begins.
nlohmann::json served_data(std::string_view name);

}  // namespace mesh::simulator
