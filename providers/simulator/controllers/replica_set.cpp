#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// A pod as the ReplicaSet makes it, placed on a node at once: there is no scheduler that could refuse.
json pod_from(const ClusterContext& context, const json& set, std::size_t ordinal) {
  json pod = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  if (const json* desired = at(set, {"spec", "template", "metadata"})) pod["metadata"] = *desired;
  pod["metadata"].erase("creationTimestamp");
  pod["metadata"]["generateName"] = name_of(set) + "-";
  pod["metadata"]["namespace"] = namespace_of(set);
  pod["metadata"]["ownerReferences"] = json::array({owner_reference("apps/v1", "ReplicaSet", set)});
  pod["spec"] = *at(set, {"spec", "template", "spec"});
  pod["spec"]["nodeName"] = context.node_name(ordinal);
  return pod;
}

/// Empty: created. Else why not.
std::string create_pod(ClusterContext& context, const json& set, std::size_t ordinal) {
  const json pod = pod_from(context, set, ordinal);
  CallResult made;
  if (context.create(controller_manager, resource::pods, "v1", pod, &made)) return {};
  return text(made.body, {"message"});
}

void write_status(ClusterContext& context, const json& set, const std::vector<ObjectPtr>& pods,
                  const std::string& failure) {
  const auto ready = std::count_if(pods.begin(), pods.end(), [](const ObjectPtr& pod) { return is_ready(*pod); });
  json status = {{"replicas", pods.size()},
                 {"fullyLabeledReplicas", pods.size()},
                 {"readyReplicas", ready},
                 {"availableReplicas", ready},
                 {"terminatingReplicas", terminating_pods_of(context, set)},
                 {"observedGeneration", number(set, {"metadata", "generation"})}};
  for (const char* field : {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"}) {
    if (status[field] == 0) status.erase(field);
  }
  if (!failure.empty()) {
    set_condition(status["conditions"], "ReplicaFailure", "True", "FailedCreate", failure, context.now_text());
  }
  // A failure that lasts is written once, with its first time.
  const json before = set.value("status", json::object());
  if (!failure.empty() && before.contains("conditions")) status["conditions"] = before["conditions"];
  if (before == status) return;
  for (const char* field : {"fullyLabeledReplicas", "readyReplicas", "availableReplicas", "conditions"}) {
    if (!status.contains(field)) status[field] = nullptr;
  }
  context.patch(controller_manager, resource::replica_sets, "v1", set, {{"status", status}}, true);
}

}  // namespace

std::vector<ObjectPtr> pods_of(const ClusterContext& context, const json& set) {
  std::vector<ObjectPtr> pods;
  const std::string uid = text(set, {"metadata", "uid"});
  for (const ObjectPtr& pod : context.objects->list(resource::pods, namespace_of(set))) {
    const std::string phase = text(*pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed" || at(*pod, {"metadata", "deletionTimestamp"}) != nullptr) continue;
    if (is_controlled_by(*pod, uid)) pods.push_back(pod);
  }
  return pods;
}

std::int64_t terminating_pods_of(const ClusterContext& context, const json& set) {
  const std::string uid = text(set, {"metadata", "uid"});
  const auto pods = context.objects->list(resource::pods, namespace_of(set));
  return std::count_if(pods.begin(), pods.end(), [&](const ObjectPtr& pod) {
    return is_controlled_by(*pod, uid) && at(*pod, {"metadata", "deletionTimestamp"}) != nullptr;
  });
}

void reconcile_replica_set(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr set = context.objects->get(resource::replica_sets, ns, name);
  if (set == nullptr || at(*set, {"metadata", "deletionTimestamp"}) != nullptr) return;
  const auto desired = static_cast<std::size_t>(number(*set, {"spec", "replicas"}, 1));
  std::vector<ObjectPtr> pods = pods_of(context, *set);
  std::string failure;
  for (std::size_t i = pods.size(); i < desired && failure.empty(); ++i) failure = create_pod(context, *set, i);
  if (pods.size() > desired) {
    // Those that are not ready go first.
    std::stable_partition(pods.begin(), pods.end(), [](const ObjectPtr& pod) { return is_ready(*pod); });
    for (std::size_t i = desired; i < pods.size(); ++i)
      context.remove(controller_manager, resource::pods, "v1", *pods[i]);
  }
  if (!failure.empty()) context.plan(ControllerKind::replica_set, ns, name, std::chrono::milliseconds(500));
  write_status(context, *set, pods_of(context, *set), failure);
}

}  // namespace mesh::simulator
