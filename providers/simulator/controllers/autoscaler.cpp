#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

/// There is no metrics server: an autoscaler keeps the number between its bounds and changes nothing else.
void reconcile_autoscaler(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr scaler = context.objects->get(resource::autoscalers, ns, name);
  if (scaler == nullptr || text(*scaler, {"spec", "scaleTargetRef", "kind"}) != "Deployment") return;
  const std::string target = text(*scaler, {"spec", "scaleTargetRef", "name"});
  const ObjectPtr deployment = context.objects->get(resource::deployments, ns, target);
  const std::string now = context.now_text();
  json status = scaler->value("status", json::object());
  if (deployment == nullptr) {
    set_condition(
        status["conditions"], "AbleToScale", "False", "FailedGetScale",
        fmt::format("the HPA controller was unable to get the target's current scale: deployments.apps \"{}\" "
                    "not found",
                    target),
        now);
    context.write_status(resource::autoscalers, "v2", *scaler, std::move(status));
    return;
  }
  const std::int64_t current = number(*deployment, {"spec", "replicas"}, 1);
  const std::int64_t least = number(*scaler, {"spec", "minReplicas"}, 1);
  const std::int64_t most = number(*scaler, {"spec", "maxReplicas"}, least);
  // Zero switches autoscaling off.
  const std::int64_t desired = current == 0 ? 0 : std::clamp(current, least, std::max(least, most));
  if (desired != current) {
    const std::string path = ClusterContext::path(resource::deployments, "v1", ns, target) + "/scale";
    context.api.call(controller_manager, "PATCH", path, {{"spec", {{"replicas", desired}}}},
                     "application/merge-patch+json");
    status["lastScaleTime"] = now;
  }
  status["currentReplicas"] = number(*deployment, {"status", "replicas"});
  status["desiredReplicas"] = desired;
  if (desired != current) {
    set_condition(status["conditions"], "AbleToScale", "True", "SucceededRescale",
                  fmt::format("the HPA controller was able to update the target scale to {}", desired), now);
  } else {
    set_condition(status["conditions"], "AbleToScale", "True", "SucceededGetScale",
                  "the HPA controller was able to get the target's current scale", now);
    set_condition(
        status["conditions"], "ScalingActive", "False", "FailedGetResourceMetric",
        "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics "
        "for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the "
        "requested resource (get pods.metrics.k8s.io)",
        now);
  }
  context.write_status(resource::autoscalers, "v2", *scaler, std::move(status));
}

}  // namespace mesh::simulator
