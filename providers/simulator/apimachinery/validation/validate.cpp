#include "providers/simulator/apimachinery/validation/validate.h"

#include <map>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/validation/validate_custom.h"
#include "providers/simulator/apimachinery/validation/validate_data.h"
#include "providers/simulator/apimachinery/validation/validate_metadata.h"
#include "providers/simulator/apimachinery/validation/validate_pod.h"
#include "providers/simulator/apimachinery/validation/validate_rbac.h"
#include "providers/simulator/apimachinery/validation/validate_service.h"
#include "providers/simulator/apimachinery/validation/validate_workload.h"
#include "providers/simulator/objects/fields.h"

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
      {"coordination.k8s.io/Lease", {validate_lease, nullptr}},
      {"/Service", {validate_service, validate_service_update}},
      {"/Pod", {validate_pod, validate_pod_update}},
      {"apps/Deployment", {validate_deployment, validate_deployment_update}},
      {"apps/ReplicaSet", {validate_replica_set, validate_replica_set_update}},
      {"policy/PodDisruptionBudget", {validate_disruption_budget, nullptr}},
      {"rbac.authorization.k8s.io/Role", {validate_role, nullptr}},
      {"rbac.authorization.k8s.io/ClusterRole", {validate_role, nullptr}},
      {"rbac.authorization.k8s.io/RoleBinding", {validate_binding, validate_binding_update}},
      {"rbac.authorization.k8s.io/ClusterRoleBinding", {validate_binding, validate_binding_update}},
      {"autoscaling/HorizontalPodAutoscaler", {validate_autoscaler, nullptr}},
      {"apiextensions.k8s.io/CustomResourceDefinition", {validate_definition, nullptr}}};
  const auto at = by_kind.find(write.group + "/" + write.kind);
  return at == by_kind.end() ? nullptr : &at->second;
}

std::optional<ApiError> validate(const Write& write, const json& before, const json& after) {
  Causes causes;
  validate_metadata(write, before, after, causes);
  if (write.kind == "Service" && write.subresource == "status") validate_service_status(after, causes);
  // Through another subresource than the main one the rest has not changed.
  if (write.subresource.empty()) {
    const Rules* rules = rules_of(write);
    if (schema_for(write).custom)
      validate_custom(write, after, causes);
    else if (rules != nullptr && rules->update != nullptr && !before.is_null())
      rules->update(before, after, causes);
    else if (rules != nullptr)
      rules->create(after, causes);
  }
  if (causes.all.empty()) return std::nullopt;
  const std::string kind = text(after, {"kind"});
  return invalid(write.group, kind.empty() ? write.kind : kind, name_of(after), causes.all);
}

}  // namespace

std::optional<ApiError> validate_create(const Write& write, const json& object) {
  return validate(write, nullptr, object);
}

std::optional<ApiError> validate_update(const Write& write, const json& before, const json& after) {
  return validate(write, before, after);
}

}  // namespace mesh::simulator
