#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/causes.h"

namespace mesh::simulator {

/// Roles and ClusterRoles.
void validate_role(const nlohmann::json& object, Causes& causes);
/// RoleBindings and ClusterRoleBindings.
void validate_binding(const nlohmann::json& object, Causes& causes);
void validate_binding_update(const nlohmann::json& before, const nlohmann::json& after, Causes& causes);

}  // namespace mesh::simulator
