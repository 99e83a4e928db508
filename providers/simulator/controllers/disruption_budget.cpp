#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

void reconcile_budget(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr budget = context.objects->get(resource::budgets, ns, name);
  if (budget == nullptr) return;
  std::int64_t expected = 0;
  std::int64_t healthy = 0;
  const json* selector = at(*budget, {"spec", "selector"});
  for (const ObjectPtr& pod : context.objects->list(resource::pods, ns)) {
    if (selector == nullptr || !selects(*selector, labels_of(*pod))) continue;
    ++expected;
    if (is_ready(*pod)) ++healthy;
  }
  const json* most_missing = at(*budget, {"spec", "maxUnavailable"});
  const std::int64_t desired = most_missing != nullptr
                                   ? std::max<std::int64_t>(0, expected - share_of(most_missing, expected, true))
                                   : share_of(at(*budget, {"spec", "minAvailable"}), expected, true);
  const std::int64_t allowed = std::max<std::int64_t>(0, healthy - desired);
  json status = budget->value("status", json::object());
  status["currentHealthy"] = healthy;
  status["desiredHealthy"] = desired;
  status["disruptionsAllowed"] = allowed;
  status["expectedPods"] = expected;
  status["observedGeneration"] = number(*budget, {"metadata", "generation"});
  json& conditions = status["conditions"];
  set_condition(conditions, "DisruptionAllowed", allowed > 0 ? "True" : "False",
                allowed > 0 ? "SufficientPods" : "InsufficientPods", "", context.now_text());
  for (json& condition : conditions) {
    condition.emplace("message", "");
    condition["observedGeneration"] = status["observedGeneration"];
  }
  context.write_status(resource::budgets, "v1", *budget, std::move(status));
}

}  // namespace mesh::simulator
