#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string rbac_group = "rbac.authorization.k8s.io";

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

bool is_subject(const json& subject, const User& user, const std::string& binding_space) {
  const std::string kind = text_at(subject, "kind");
  const std::string name = text_at(subject, "name");
  if (kind == "User") return user.name == name;
  if (kind == "Group") return user.in_group(name);
  if (kind != "ServiceAccount") return false;
  const std::string ns = text_at(subject, "namespace");
  return user.name == fmt::format("system:serviceaccount:{}:{}", ns.empty() ? binding_space : ns, name);
}

std::string subject_text(const json& subject) {
  const std::string kind = text_at(subject, "kind");
  const std::string name = text_at(subject, "name");
  const std::string ns = text_at(subject, "namespace");
  return kind == "ServiceAccount" ? fmt::format("{} \"{}/{}\"", kind, name, ns) : fmt::format("{} \"{}\"", kind, name);
}

const json* subject_of(const json& binding, const User& user, const std::string& ns) {
  const auto subjects = binding.find("subjects");
  if (subjects == binding.end() || !subjects->is_array()) return nullptr;
  for (const json& subject : *subjects) {
    if (is_subject(subject, user, ns)) return &subject;
  }
  return nullptr;
}

/// What one binding gives to the user.
void add_binding(Rights& rights, const json& binding, const User& user, const std::string& ns, const Objects& objects) {
  const json* subject = subject_of(binding, user, ns);
  if (subject == nullptr) return;
  const json role = binding.value("roleRef", json::object());
  const std::string kind = text_at(role, "kind");
  const std::string name = text_at(role, "name");
  const bool wide = kind == "ClusterRole";
  const ObjectPtr found = objects.get({rbac_group, wide ? "clusterroles" : "roles"}, wide ? "" : ns, name);
  if (!found) {
    rights.errors.push_back(fmt::format("{}.{} \"{}\" not found", wide ? "clusterrole" : "role", rbac_group, name));
    return;
  }
  const std::string binding_name = text_at(binding.at("metadata"), "name");
  const std::string by = ns.empty() ? fmt::format("ClusterRoleBinding \"{}\"", binding_name)
                                    : fmt::format("RoleBinding \"{}/{}\"", binding_name, ns);
  const std::string reason =
      fmt::format("RBAC: allowed by {} of {} \"{}\" to {}", by, kind, name, subject_text(*subject));
  const auto rules = found->find("rules");
  if (rules == found->end() || !rules->is_array()) return;
  for (const json& rule : *rules) rights.rules.push_back({rule_of(rule), reason});
}

bool path_fits(const std::string& pattern, const std::string& path) {
  if (pattern == "*" || pattern == path) return true;
  return pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool resource_fits(const Rule& rule, const RequestInfo& request) {
  const std::string whole =
      request.subresource.empty() ? request.resource : request.resource + "/" + request.subresource;
  for (const std::string& one : rule.resources) {
    if (one == "*" || one == whole) return true;
    if (!request.subresource.empty() && one == "*/" + request.subresource) return true;
  }
  return false;
}

}  // namespace

Rule rule_of(const json& rule) {
  return {texts_at(rule, "verbs"), texts_at(rule, "apiGroups"), texts_at(rule, "resources"),
          texts_at(rule, "resourceNames"), texts_at(rule, "nonResourceURLs")};
}

json to_json(const Rule& rule) {
  json made = {{"verbs", rule.verbs}};
  if (!rule.groups.empty()) made["apiGroups"] = rule.groups;
  if (!rule.resources.empty()) made["resources"] = rule.resources;
  if (!rule.names.empty()) made["resourceNames"] = rule.names;
  if (!rule.paths.empty()) made["nonResourceURLs"] = rule.paths;
  return made;
}

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

bool covers(const Rule& rule, const RequestInfo& request) {
  if (!holds(rule.verbs, request.verb) && !holds(rule.verbs, "*")) return false;
  if (!request.resource_request) {
    return std::ranges::any_of(rule.paths, [&](const std::string& one) { return path_fits(one, request.path); });
  }
  if (!holds(rule.groups, request.group) && !holds(rule.groups, "*")) return false;
  return resource_fits(rule, request) && (rule.names.empty() || holds(rule.names, request.name));
}

Decision authorize(const User& user, const RequestInfo& request, const Objects& objects) {
  if (user.in_group("system:masters")) return {true, ""};
  const Rights rights = rights_of(user, request.resource_request ? request.ns : "", objects);
  for (const Granted& one : rights.rules) {
    if (covers(one.rule, request)) return {true, one.reason};
  }
  if (rights.errors.empty()) return {};
  if (rights.errors.size() == 1) return {false, "RBAC: " + rights.errors.front()};
  std::string all;
  for (const std::string& error : rights.errors) all += (all.empty() ? "" : ", ") + error;
  return {false, fmt::format("RBAC: [{}]", all)};
}

}  // namespace mesh::simulator
