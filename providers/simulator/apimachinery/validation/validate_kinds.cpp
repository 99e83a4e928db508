#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

constexpr const char* rbac_group = "rbac.authorization.k8s.io";

const std::vector<std::string>& metric_types() {
  static const std::vector<std::string> all = {"ContainerResource", "External", "Object", "Pods", "Resource"};
  return all;
}

void validate_target(const json& source, const std::string& field, Causes& causes) {
  const json& target = member_of(source, "target");
  const std::string type = text_member(target, "type");
  if (type.empty()) causes.required(field + ".target.type", "must specify a metric target type");
  for (const char* name : {"averageUtilization", "value", "averageValue"})
    if (target.contains(name)) return;
  causes.required(field + ".target.averageUtilization", "must set either a target raw value or a target utilization");
}

void validate_metric(const json& metric, const std::string& at, Causes& causes) {
  const std::string type = text_member(metric, "type");
  if (type.empty()) return causes.required(at + ".type", "must specify a metric source type");
  if (std::find(metric_types().begin(), metric_types().end(), type) == metric_types().end()) {
    // The server looks twice.
    causes.not_supported(at + ".type", type, metric_types());
    return causes.not_supported(at + ".type", type, metric_types());
  }
  std::string member = type;
  member[0] = static_cast<char>(member[0] - 'A' + 'a');
  const json& source = member_of(metric, member.c_str());
  if (source.is_null())
    return causes.required(at + "." + member, "must populate information for the given metric source");
  if (type != "Resource") return;
  if (text_member(source, "name").empty()) causes.required(at + ".resource.name", "must specify a resource name");
  validate_target(source, at + ".resource", causes);
}

void validate_rule(const json& rule, const std::string& at, bool namespaced, Causes& causes) {
  const auto has = [&](const char* name) { return member_of(rule, name).is_array() && !member_of(rule, name).empty(); };
  if (!has("verbs")) causes.required(at + ".verbs", "verbs must contain at least one value");
  if (has("nonResourceURLs")) {
    if (namespaced)
      causes.invalid(at + ".nonResourceURLs", member_of(rule, "nonResourceURLs"),
                     "namespaced rules cannot apply to non-resource URLs");
    if (has("apiGroups") || has("resources") || has("resourceNames"))
      causes.invalid(at + ".nonResourceURLs", member_of(rule, "nonResourceURLs"),
                     "rules cannot apply to both regular resources and non-resource URLs");
    return;
  }
  if (!has("apiGroups")) causes.required(at + ".apiGroups", "resource rules must supply at least one api group");
  if (!has("resources")) causes.required(at + ".resources", "resource rules must supply at least one resource");
}

void validate_subject(const json& subject, const std::string& at, bool namespaced, Causes& causes) {
  if (text_member(subject, "name").empty()) causes.required(at + ".name");
  const std::string kind = text_member(subject, "kind");
  const std::string group = text_member(subject, "apiGroup");
  if (kind == "ServiceAccount") {
    const std::string name = text_member(subject, "name");
    if (!name.empty())
      for (const std::string& error : dns_subdomain_errors(name)) causes.invalid(at + ".name", name, error);
    if (!group.empty()) causes.not_supported(at + ".apiGroup", group, {""});
    if (!namespaced && text_member(subject, "namespace").empty()) causes.required(at + ".namespace");
  } else if (kind == "User" || kind == "Group") {
    if (group != rbac_group) causes.not_supported(at + ".apiGroup", group, {rbac_group});
  } else {
    causes.not_supported(at + ".kind", kind, {"ServiceAccount", "User", "Group"});
  }
}

}  // namespace

void validate_autoscaler(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  const long least = number_member(spec, "minReplicas");
  const long most = number_member(spec, "maxReplicas");
  const json& metrics = member_of(spec, "metrics");
  const bool has_least = spec.contains("minReplicas");
  if (has_least && least < 1) causes.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
  if (most < 1) causes.required("spec.maxReplicas", "must be set and greater than 0");
  if (has_least && most < least)
    causes.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  const json& target = member_of(spec, "scaleTargetRef");
  for (const char* name : {"kind", "name"}) {
    const std::string value = text_member(target, name);
    const std::string field = fmt::format("spec.scaleTargetRef.{}", name);
    if (value.empty()) causes.required(field);
    for (const std::string& error : path_segment_errors(value)) causes.invalid(field, value, error);
  }
  const std::string version = text_member(target, "apiVersion");
  if (version.find('/') == std::string::npos && text_member(target, "kind") != "ReplicationController")
    causes.invalid("spec.scaleTargetRef.apiVersion", version, "apiVersion must specify API group");
  bool outside = false;
  for (std::size_t i = 0; metrics.is_array() && i < metrics.size(); ++i) {
    validate_metric(metrics[i], at_index("spec.metrics", i), causes);
    const std::string type = text_member(metrics[i], "type");
    outside = outside || type == "Object" || type == "External";
  }
  if (has_least && least == 0 && metrics.is_array() && !outside)
    causes.forbidden("spec.metrics",
                     "must specify at least one Object or External metric to support scaling to zero replicas");
}

void validate_disruption_budget(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  const json& least = member_of(spec, "minAvailable");
  const json& most = member_of(spec, "maxUnavailable");
  const auto internal = [](const json& value) { return value.dump(); };
  if (!least.is_null() && !most.is_null()) {
    causes.invalid_text("spec",
                        fmt::format("{{\"MinAvailable\":{},\"Selector\":{},\"MaxUnavailable\":{},"
                                    "\"UnhealthyPodEvictionPolicy\":{}}}",
                                    internal(least), internal(member_of(spec, "selector")), internal(most),
                                    internal(member_of(spec, "unhealthyPodEvictionPolicy"))),
                        "minAvailable and maxUnavailable cannot be both set");
  }
  for (const char* name : {"minAvailable", "maxUnavailable"}) {
    const json& share = member_of(spec, name);
    if (share.is_null()) continue;
    validate_share(share, fmt::format("spec.{}", name), causes);
    validate_share_of_all(share, fmt::format("spec.{}", name), causes);
  }
  if (!member_of(spec, "selector").is_null()) validate_selector(member_of(spec, "selector"), "spec.selector", causes);
  const std::string policy = text_member(spec, "unhealthyPodEvictionPolicy");
  if (!policy.empty() && policy != "AlwaysAllow" && policy != "IfHealthyBudget")
    causes.not_supported("spec.unhealthyPodEvictionPolicy", policy, {"AlwaysAllow", "IfHealthyBudget"});
}

void validate_role(const json& object, Causes& causes) {
  const json& rules = member_of(object, "rules");
  const bool namespaced = text_member(object, "kind") == "Role";
  for (std::size_t i = 0; rules.is_array() && i < rules.size(); ++i)
    validate_rule(rules[i], at_index("rules", i), namespaced, causes);
}

void validate_binding(const json& object, Causes& causes) {
  const json& role = member_of(object, "roleRef");
  const bool namespaced = text_member(object, "kind") == "RoleBinding";
  const std::string group = text_member(role, "apiGroup");
  if (group != rbac_group) causes.not_supported("roleRef.apiGroup", group, {rbac_group});
  const std::string kind = text_member(role, "kind");
  const bool known = kind == "ClusterRole" || (namespaced && kind == "Role");
  if (!known)
    causes.not_supported(
        "roleRef.kind", kind,
        namespaced ? std::vector<std::string>{"Role", "ClusterRole"} : std::vector<std::string>{"ClusterRole"});
  const std::string name = text_member(role, "name");
  if (name.empty()) causes.required("roleRef.name");
  for (const std::string& error : path_segment_errors(name)) causes.invalid("roleRef.name", name, error);
  const json& subjects = member_of(object, "subjects");
  for (std::size_t i = 0; subjects.is_array() && i < subjects.size(); ++i)
    validate_subject(subjects[i], at_index("subjects", i), namespaced, causes);
}

void validate_binding_update(const json& before, const json& after, Causes& causes) {
  validate_binding(after, causes);
  const json& role = member_of(after, "roleRef");
  if (role != member_of(before, "roleRef")) {
    causes.invalid_text("roleRef",
                        fmt::format("{{\"APIGroup\":{},\"Kind\":{},\"Name\":{}}}", member_of(role, "apiGroup").dump(),
                                    member_of(role, "kind").dump(), member_of(role, "name").dump()),
                        "cannot change roleRef");
  }
}

void validate_lease(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  if (spec.contains("leaseDurationSeconds") && number_member(spec, "leaseDurationSeconds") <= 0)
    causes.invalid("spec.leaseDurationSeconds", number_member(spec, "leaseDurationSeconds"), "must be greater than 0");
  if (number_member(spec, "leaseTransitions") < 0)
    causes.invalid("spec.leaseTransitions", number_member(spec, "leaseTransitions"),
                   "must be greater than or equal to 0");
}

}  // namespace mesh::simulator
