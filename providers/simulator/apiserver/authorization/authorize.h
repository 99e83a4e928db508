#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "providers/simulator/apiserver/authentication/authenticate.h"
#include "providers/simulator/apiserver/request/reply.h"
#include "providers/simulator/apiserver/request/request_info.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

struct Decision {
  bool allowed = false;
  /// As SubjectAccessReview.status.reason names it: the binding that allows, or what could not be resolved.
  std::string reason;
};

/// A rule of a Role. Shape of JSON: {verbs, apiGroups, resources, resourceNames, nonResourceURLs}.
struct Rule {
  std::vector<std::string> verbs, groups, resources, names, paths;
  bool operator==(const Rule&) const = default;
};
Rule rule_of(const nlohmann::json& rule);
nlohmann::json to_json(const Rule& rule);

/// A rule that a user has, and by which binding.
struct Granted {
  Rule rule;
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

/// Whether one rule covers the request.
bool covers(const Rule& rule, const RequestInfo& request);

/// RBAC's answer; members of system:masters may do everything.
Decision authorize(const User& user, const RequestInfo& request, const Objects& objects);

/// The 403 for a request that was not allowed.
Reply forbidden(const User& user, const RequestInfo& request, const std::string& reason = "");

/// Applies the impersonate-user, -group, -uid and -extra-* headers, if there are any: the user to go on as, or 403, or
/// 400. Several groups in one header are separated by commas.
tl::expected<User, Reply> impersonate(const User& user, const RequestInfo& request,
                                      const std::map<std::string, std::string>& headers, const Objects& objects);

/// Nobody may give rights that he does not have, unless the verb escalate (roles) or bind (bindings) allows it.
/// `object` is a Role, ClusterRole, RoleBinding or ClusterRoleBinding about to be written, `before` what it replaces,
/// or null. 403, 404 for a binding to a role that is not there, or nothing.
std::optional<Reply> check_escalation(const User& user, const RequestInfo& request, const nlohmann::json& object,
                                      const nlohmann::json& before, const Objects& objects);

}  // namespace mesh::simulator
