#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace mesh::simulator {

/// The ClusterRoles and ClusterRoleBindings with which every cluster begins: cluster-admin, admin, edit, view and what
/// authenticated users may see.
std::vector<nlohmann::json> bootstrap_rbac();

}  // namespace mesh::simulator
