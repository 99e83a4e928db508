#include "providers/simulator/apimachinery/validation/validate_rbac.h"

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* rbac_group = "rbac.authorization.k8s.io";

void validate_rule(const json& rule, const std::string& at, bool namespaced, Causes& causes) {
  const auto has = [&](const char* name) { return !items(rule, {name}).empty(); };
  const json& urls = items(rule, {"nonResourceURLs"});
  if (!has("verbs")) causes.required(at + ".verbs", "verbs must contain at least one value");
  if (urls.empty()) {
    if (!has("apiGroups")) causes.required(at + ".apiGroups", "resource rules must supply at least one api group");
    if (!has("resources")) causes.required(at + ".resources", "resource rules must supply at least one resource");
  } else if (namespaced) {
    causes.invalid(at + ".nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs");
  } else if (has("apiGroups") || has("resources") || has("resourceNames")) {
    causes.invalid(at + ".nonResourceURLs", urls, "rules cannot apply to both resources and non-resource URLs");
  }
}

void validate_subject(const json& subject, const std::string& at, bool namespaced, Causes& causes) {
  const std::string name = text(subject, {"name"});
  const std::string kind = text(subject, {"kind"});
  const std::string group = text(subject, {"apiGroup"});
  if (name.empty()) causes.required(at + ".name");
  if (kind == "ServiceAccount") {
    if (!name.empty()) causes.invalid_if(dns_subdomain_error(name), at + ".name", name);
    causes.one_of(at + ".apiGroup", group, {""});
    if (!namespaced && text(subject, {"namespace"}).empty()) causes.required(at + ".namespace");
  } else if (kind == "User" || kind == "Group") {
    causes.one_of(at + ".apiGroup", group, {rbac_group});
  } else {
    causes.one_of(at + ".kind", kind, {"ServiceAccount", "User", "Group"});
  }
}

}  // namespace

void validate_role(const json& object, Causes& causes) {
  const json& rules = items(object, {"rules"});
  const bool namespaced = text(object, {"kind"}) == "Role";
  for (std::size_t i = 0; i < rules.size(); ++i) validate_rule(rules[i], at_index("rules", i), namespaced, causes);
}

void validate_binding(const json& object, Causes& causes) {
  const bool namespaced = text(object, {"kind"}) == "RoleBinding";
  causes.one_of("roleRef.apiGroup", text(object, {"roleRef", "apiGroup"}), {rbac_group});
  const std::string kind = text(object, {"roleRef", "kind"});
  if (!namespaced || kind != "Role") causes.one_of("roleRef.kind", kind, {"ClusterRole"});
  const std::string name = text(object, {"roleRef", "name"});
  if (name.empty()) causes.required("roleRef.name");
  causes.invalid_if(path_segment_error(name), "roleRef.name", name);
  const json& subjects = items(object, {"subjects"});
  for (std::size_t i = 0; i < subjects.size(); ++i)
    validate_subject(subjects[i], at_index("subjects", i), namespaced, causes);
}

void validate_binding_update(const json& before, const json& after, Causes& causes) {
  validate_binding(after, causes);
  const json& role = member(after, {"roleRef"});
  if (role != member(before, {"roleRef"})) causes.invalid("roleRef", role, "cannot change roleRef");
}

}  // namespace mesh::simulator
