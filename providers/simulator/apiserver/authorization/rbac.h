#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/request/request_info.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

inline constexpr const char* rbac_group = "rbac.authorization.k8s.io";

struct Decision {
  bool allowed = false;
  /// As SubjectAccessReview.status.reason names it: the binding that allows, or what could not be resolved.
  std::string reason;
};

/// A rule that a user has, as a Role states it ({verbs, apiGroups, resources, resourceNames, nonResourceURLs}), and by
/// which binding.
struct Granted {
  nlohmann::json rule;
  std::string reason;
};

/// What RBAC gives a user.
struct Rights {
  std::vector<Granted> rules;
  /// Roles that bindings name and that are not there.
  std::vector<std::string> errors;
};

/// In a namespace ("": cluster-wide alone), in the order of the bindings' names.
Rights rights_of(const User& user, const std::string& ns, const Objects& objects);

/// RBAC's answer; members of system:masters may do everything.
Decision authorize(const User& user, const RequestInfo& request, const Objects& objects);

/// The 403 for a request that was not allowed.
ApiError forbidden(const User& user, const RequestInfo& request, const std::string& reason = "");

/// Nobody may give rights that he does not have, unless the verb escalate (roles) or bind (bindings) allows it.
/// `object` is a Role, ClusterRole, RoleBinding or ClusterRoleBinding about to be written, `before` what it replaces,
/// or null. 403, 404 for a binding to a role that is not there, or nothing.
std::optional<ApiError> check_escalation(const User& user, const RequestInfo& request, const nlohmann::json& object,
                                         const nlohmann::json& before, const Objects& objects);

}  // namespace mesh::simulator
