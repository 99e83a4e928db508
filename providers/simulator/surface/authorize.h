#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "providers/simulator/surface/authenticate.h"
#include "providers/simulator/surface/objects.h"
#include "providers/simulator/surface/reply.h"
#include "providers/simulator/surface/request_info.h"

namespace mesh::simulator {

struct Decision {
  bool allowed = false;
  std::string reason;  // as SubjectAccessReview.status.reason names it
};

/// A rule of a Role.
struct Rule {
  std::vector<std::string> verbs, groups, resources, names, paths;
};
Rule rule_of(const nlohmann::json& rule);

/// A rule that a user has, and by which binding.
struct Granted {
  Rule rule;
  std::string reason;
};

/// The rules that RBAC gives a user in a namespace ("" : cluster-wide alone), in the order of the bindings.
std::vector<Granted> rules_for(const User& user, const std::string& space, const Objects& objects);

/// RBAC's answer; members of system:masters may do everything.
Decision authorize(const User& user, const RequestInfo& request, const Objects& objects);

/// The 403 for a request that was not allowed.
Reply forbidden(const User& user, const RequestInfo& request, const std::string& reason = "");

/// Applies the Impersonate-* headers, if there are any: the user to go on as, or 403.
tl::expected<User, Reply> impersonate(const User& user, const std::map<std::string, std::string>& headers,
                                      const Objects& objects);

/// Nobody may give rights that he does not have, unless the verb escalate (roles) or bind (bindings) allows it.
/// `object` is a Role, ClusterRole, RoleBinding or ClusterRoleBinding about to be written, `before` what it replaces,
/// or null. 403 or nothing.
std::optional<Reply> check_escalation(const User& user, const RequestInfo& request, const nlohmann::json& object,
                                      const nlohmann::json& before, const Objects& objects);

}  // namespace mesh::simulator
