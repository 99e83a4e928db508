#include "providers/simulator/apimachinery/validation/validate.h"

#include <map>
#include <set>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

struct Rules {
  void (*create)(const json&, Causes&);
  /// Null: as for a create.
  void (*update)(const json&, const json&, Causes&);
};

const Rules* rules_of(const Write& write) {
  static const std::map<std::string, Rules, std::less<>> by_kind = {
      {"/Secret", {validate_secret, validate_secret_update}},
      {"/ConfigMap", {validate_config_map, validate_config_map_update}},
      {"/Service", {validate_service, validate_service_update}},
      {"/Pod", {validate_pod, validate_pod_update}},
      {"apps/Deployment", {validate_deployment, validate_deployment_update}},
      {"apps/ReplicaSet", {validate_replica_set, validate_replica_set_update}},
      {"policy/PodDisruptionBudget", {validate_disruption_budget, nullptr}},
      {"coordination.k8s.io/Lease", {validate_lease, nullptr}},
      {"rbac.authorization.k8s.io/Role", {validate_role, nullptr}},
      {"rbac.authorization.k8s.io/ClusterRole", {validate_role, nullptr}},
      {"rbac.authorization.k8s.io/RoleBinding", {validate_binding, validate_binding_update}},
      {"rbac.authorization.k8s.io/ClusterRoleBinding", {validate_binding, validate_binding_update}},
      {"autoscaling/HorizontalPodAutoscaler", {validate_autoscaler, nullptr}},
      {"apiextensions.k8s.io/CustomResourceDefinition", {validate_definition, nullptr}}};
  const auto at = by_kind.find(write.group + "/" + write.kind);
  return at == by_kind.end() ? nullptr : &at->second;
}

std::optional<ApiError> refusal(const Write& write, const json& object, const Causes& causes) {
  if (causes.all.empty()) return std::nullopt;
  const std::string kind = text_member(object, "kind");
  return invalid(write.group, kind.empty() ? write.kind : kind, text_member(member_of(object, "metadata"), "name"),
                 causes.all);
}

bool checked_as_new(const Write& write) {
  static const std::set<std::string, std::less<>> kinds = {
      "Secret", "ConfigMap", "ServiceAccount", "Namespace", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"};
  return write.subresource.empty() && kinds.contains(write.kind);
}

}  // namespace

std::optional<ApiError> validate_create(const Write& write, const json& object) {
  Causes causes;
  validate_metadata(write, object, causes);
  if (schema_for(write).custom)
    validate_custom(write, object, causes);
  else if (const Rules* rules = rules_of(write))
    rules->create(object, causes);
  return refusal(write, object, causes);
}

std::optional<ApiError> validate_update(const Write& write, const json& before, const json& after) {
  Causes causes;
  // The server looks at metadata for all kinds, then once more for most of them, and some kinds are checked as new.
  validate_metadata_again(after, causes);
  validate_metadata_update(before, after, causes);
  const bool budget = write.kind == "PodDisruptionBudget";
  if (!budget) validate_metadata_update(before, after, causes);
  if (!budget && !schema_for(write).custom) validate_finalizers_of(after, causes);
  if (checked_as_new(write)) {
    validate_metadata_again(after, causes);
    validate_finalizers_of(after, causes);
  }
  // Through another subresource than the main one the rest has not changed.
  if (write.kind == "Service" && write.subresource == "status") validate_service_status(after, causes);
  if (!write.subresource.empty()) return refusal(write, after, causes);
  const Rules* rules = rules_of(write);
  if (schema_for(write).custom)
    validate_custom(write, after, causes);
  else if (rules != nullptr && rules->update != nullptr)
    rules->update(before, after, causes);
  else if (rules != nullptr)
    rules->create(after, causes);
  return refusal(write, after, causes);
}

}  // namespace mesh::simulator
