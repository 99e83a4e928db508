#include "providers/simulator/apiserver/authorization/rbac.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool holds(const json& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}
bool holds_or_all(const json& list, const std::string& value) { return holds(list, value) || holds(list, "*"); }

bool is_subject(const json& subject, const User& user, const std::string& binding_space) {
  const std::string kind = text(subject, {"kind"});
  const std::string name = text(subject, {"name"});
  if (kind == "User") return user.name == name;
  if (kind == "Group") return user.in_group(name);
  if (kind != "ServiceAccount") return false;
  const std::string ns = text(subject, {"namespace"});
  return user.name == fmt::format("system:serviceaccount:{}:{}", ns.empty() ? binding_space : ns, name);
}

std::string subject_text(const json& subject) {
  const std::string kind = text(subject, {"kind"});
  const std::string ns = kind == "ServiceAccount" ? "/" + text(subject, {"namespace"}) : "";
  return fmt::format("{} \"{}{}\"", kind, text(subject, {"name"}), ns);
}

/// The role of a binding in a namespace; null: it is not there.
ObjectPtr role_of(const json& binding, const std::string& ns, const Objects& objects) {
  const bool wide = text(binding, {"roleRef", "kind"}) == "ClusterRole";
  const std::string name = text(binding, {"roleRef", "name"});
  return objects.get({rbac_group, wide ? "clusterroles" : "roles"}, wide ? "" : ns, name);
}

/// What one binding gives to the user.
void add_binding(Rights& rights, const json& binding, const User& user, const std::string& ns, const Objects& objects) {
  const json& subjects = items(binding, {"subjects"});
  const auto subject = std::ranges::find_if(subjects, [&](const json& one) { return is_subject(one, user, ns); });
  if (subject == subjects.end()) return;
  const std::string kind = text(binding, {"roleRef", "kind"});
  const std::string name = text(binding, {"roleRef", "name"});
  const ObjectPtr role = role_of(binding, ns, objects);
  if (!role) {
    const char* singular = kind == "ClusterRole" ? "clusterrole" : "role";
    rights.errors.push_back(fmt::format("{}.{} \"{}\" not found", singular, rbac_group, name));
    return;
  }
  const std::string by = ns.empty() ? fmt::format("ClusterRoleBinding \"{}\"", name_of(binding))
                                    : fmt::format("RoleBinding \"{}/{}\"", name_of(binding), ns);
  const std::string reason =
      fmt::format("RBAC: allowed by {} of {} \"{}\" to {}", by, kind, name, subject_text(*subject));
  for (const json& rule : items(*role, {"rules"})) rights.rules.push_back({rule, reason});
}

bool covers_path(const json& patterns, const std::string& path) {
  return std::ranges::any_of(patterns, [&](const json& one) {
    const std::string pattern = one.get<std::string>();
    return pattern == path || (pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1)));
  });
}

bool covers(const json& rule, const RequestInfo& request) {
  if (!holds_or_all(items(rule, {"verbs"}), request.verb)) return false;
  if (!request.resource_request) return covers_path(items(rule, {"nonResourceURLs"}), request.path);
  if (!holds_or_all(items(rule, {"apiGroups"}), request.group)) return false;
  const json& resources = items(rule, {"resources"});
  const bool part = !request.subresource.empty();
  if (!holds_or_all(resources, part ? request.resource + "/" + request.subresource : request.resource) &&
      !(part && holds(resources, "*/" + request.subresource))) {
    return false;
  }
  const json& names = items(rule, {"resourceNames"});
  return names.empty() || holds(names, request.name);
}

bool covered(const Rights& rights, const RequestInfo& request) {
  return std::ranges::any_of(rights.rules, [&](const Granted& one) { return covers(one.rule, request); });
}

/// One question per verb, group, resource and name of a rule, or verb and path.
std::vector<RequestInfo> questions_of(const json& rule) {
  std::vector<RequestInfo> questions;
  json names = items(rule, {"resourceNames"});
  if (names.empty()) names = json::array({""});
  for (const json& verb : items(rule, {"verbs"})) {
    for (const json& path : items(rule, {"nonResourceURLs"})) questions.push_back({.verb = verb, .path = path});
    for (const json& group : items(rule, {"apiGroups"})) {
      for (const json& resource : items(rule, {"resources"})) {
        const std::string whole = resource;
        const std::size_t slash = std::min(whole.find('/'), whole.size());
        for (const json& name : names) {
          questions.push_back({.resource_request = true,
                               .verb = verb,
                               .group = group,
                               .resource = whole.substr(0, slash),
                               .subresource = slash < whole.size() ? whole.substr(slash + 1) : "",
                               .name = name});
        }
      }
    }
  }
  return questions;
}

bool may(const User& user, const RequestInfo& request, const char* verb, const std::string& resource,
         const std::string& name, const Objects& objects) {
  RequestInfo question = request;
  question.verb = verb;
  question.resource = resource;
  question.name = name;
  question.subresource.clear();
  return authorize(user, question, objects).allowed;
}

}  // namespace

Rights rights_of(const User& user, const std::string& ns, const Objects& objects) {
  Rights rights;
  for (const ObjectPtr& binding : objects.list({rbac_group, "clusterrolebindings"}, "")) {
    add_binding(rights, *binding, user, "", objects);
  }
  if (ns.empty()) return rights;
  for (const ObjectPtr& binding : objects.list({rbac_group, "rolebindings"}, ns)) {
    add_binding(rights, *binding, user, ns, objects);
  }
  return rights;
}

Decision authorize(const User& user, const RequestInfo& request, const Objects& objects) {
  if (user.in_group("system:masters")) return {true, ""};
  const Rights rights = rights_of(user, request.resource_request ? request.ns : "", objects);
  for (const Granted& one : rights.rules) {
    if (covers(one.rule, request)) return {true, one.reason};
  }
  if (rights.errors.empty()) return {};
  if (rights.errors.size() == 1) return {false, "RBAC: " + rights.errors.front()};
  return {false, fmt::format("RBAC: [{}]", fmt::join(rights.errors, ", "))};
}

ApiError forbidden(const User& user, const RequestInfo& request, const std::string& reason) {
  ApiError error{.code = 403, .reason = "Forbidden", .message = "", .details = json::object()};
  if (request.resource_request) {
    const std::string name = request.name.empty() ? "" : fmt::format(" \"{}\"", request.name);
    const std::string part = request.subresource.empty() ? "" : "/" + request.subresource;
    const std::string where =
        request.ns.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", request.ns);
    error.message = fmt::format("{}{} is forbidden: User \"{}\" cannot {} resource \"{}{}\" in API group \"{}\" {}",
                                resource_text({request.group, request.resource}), name, user.name, request.verb,
                                request.resource, part, request.group, where);
    error.details = details_of(request.group, request.resource, request.name);
  } else {
    error.message = fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user.name, request.verb, request.path);
  }
  if (!reason.empty()) error.message += ": " + reason;
  return error;
}

std::optional<ApiError> check_escalation(const User& user, const RequestInfo& request, const json& object,
                                         const json& before, const Objects& objects) {
  if (user.in_group("system:masters") || request.group != rbac_group) return std::nullopt;
  const bool binding = request.resource.ends_with("bindings");
  const char* key = binding ? "subjects" : "rules";
  if (before.is_object() && items(before, {key}) == items(object, {key})) return std::nullopt;
  json rules = items(object, {"rules"});
  if (binding) {
    const std::string role_kind = text(object, {"roleRef", "kind"});
    const std::string role_name = text(object, {"roleRef", "name"});
    if (may(user, request, "bind", role_kind == "ClusterRole" ? "clusterroles" : "roles", role_name, objects)) {
      return std::nullopt;
    }
    const ObjectPtr role = role_of(object, request.ns, objects);
    if (!role) return not_found(rbac_group, request.resource, role_name);
    rules = items(*role, {"rules"});
  } else if (may(user, request, "escalate", request.resource, name_of(object), objects)) {
    return std::nullopt;
  }
  const Rights held = rights_of(user, request.ns, objects);
  for (const json& rule : rules) {
    for (const RequestInfo& question : questions_of(rule)) {
      if (covered(held, question)) continue;
      return forbidden_object(rbac_group, request.resource, name_of(object),
                              fmt::format("user \"{}\" is attempting to grant RBAC permissions not currently held: {}",
                                          user.name, rule.dump()));
    }
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
