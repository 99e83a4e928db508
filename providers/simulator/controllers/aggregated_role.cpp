#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr const char* aggregator = "clusterrole-aggregation-controller";

/// The rules of all roles that the selectors choose, each once, by the names of the roles.
json sum_of(const json& role, std::vector<ObjectPtr> roles) {
  std::sort(roles.begin(), roles.end(),
            [](const ObjectPtr& a, const ObjectPtr& b) { return name_of(*a) < name_of(*b); });
  json sum = json::array();
  for (const json& selector : items(role, {"aggregationRule", "clusterRoleSelectors"})) {
    for (const ObjectPtr& other : roles) {
      if (name_of(*other) == name_of(role) || !selects(selector, labels_of(*other))) continue;
      for (const json& rule : items(*other, {"rules"})) {
        if (std::find(sum.begin(), sum.end(), rule) == sum.end()) sum.push_back(rule);
      }
    }
  }
  return sum;
}

}  // namespace

void reconcile_role(ClusterContext& context, const std::string&, const std::string& name) {
  const ObjectPtr role = context.objects->get(resource::cluster_roles, "", name);
  if (role == nullptr || at(*role, {"aggregationRule"}) == nullptr) return;
  const json rules = sum_of(*role, context.objects->list(resource::cluster_roles, ""));
  if (rules == items(*role, {"rules"})) return;
  const std::string target =
      ClusterContext::path(resource::cluster_roles, "v1", "", name) + "?force=true&fieldManager=" + aggregator;
  json sum = {{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", "ClusterRole"}, {"metadata", {{"name", name}}}};
  // Nothing is not written as such: rules that somebody else gave stay.
  if (!rules.empty()) sum["rules"] = rules;
  context.api.call(aggregator, "PATCH", target, sum, "application/apply-patch+yaml");
}

}  // namespace mesh::simulator
