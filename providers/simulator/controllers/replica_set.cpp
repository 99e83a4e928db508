#include <algorithm>

#include "providers/simulator/controllers/duties.h"
#include "providers/simulator/objects/read.h"

namespace mesh::simulator::world {
namespace {

using nlohmann::json;

/// A pod as the ReplicaSet makes it, placed on a node at once: there is no scheduler that could refuse.
json pod_from(const Site& site, const json& set, std::size_t ordinal) {
  json pod = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  if (const json* desired = at(set, {"spec", "template", "metadata"})) pod["metadata"] = *desired;
  pod["metadata"].erase("creationTimestamp");
  pod["metadata"]["generateName"] = name_of(set) + "-";
  pod["metadata"]["namespace"] = namespace_of(set);
  pod["metadata"]["ownerReferences"] = json::array({owner_reference("apps/v1", "ReplicaSet", set)});
  pod["spec"] = *at(set, {"spec", "template", "spec"});
  pod["spec"]["nodeName"] = site.node_name(ordinal);
  return pod;
}

/// Empty: created. Else why not.
std::string create_pod(Site& site, const json& set, std::size_t ordinal) {
  const json pod = pod_from(site, set, ordinal);
  CallResult made;
  if (site.create(controller_manager, resource::pods, "v1", pod, &made)) return {};
  return text(made.body, {"message"});
}

void write_status(Site& site, const json& set, const std::vector<ObjectPtr>& pods, const std::string& failure) {
  const auto ready = std::count_if(pods.begin(), pods.end(), [](const ObjectPtr& pod) { return is_ready(*pod); });
  json status = {{"replicas", pods.size()},
                 {"fullyLabeledReplicas", pods.size()},
                 {"readyReplicas", ready},
                 {"availableReplicas", ready},
                 {"terminatingReplicas", terminating_pods_of(site, set)},
                 {"observedGeneration", number(set, {"metadata", "generation"})}};
  for (const char* field : {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"}) {
    if (status[field] == 0) status.erase(field);
  }
  if (!failure.empty()) {
    set_condition(status["conditions"], "ReplicaFailure", "True", "FailedCreate", failure, site.now_text());
  }
  // A failure that lasts is written once, with its first time.
  const json before = set.value("status", json::object());
  if (!failure.empty() && before.contains("conditions")) status["conditions"] = before["conditions"];
  if (before == status) return;
  for (const char* field : {"fullyLabeledReplicas", "readyReplicas", "availableReplicas", "conditions"}) {
    if (!status.contains(field)) status[field] = nullptr;
  }
  site.patch(controller_manager, resource::replica_sets, "v1", set, {{"status", status}}, true);
}

}  // namespace

std::vector<ObjectPtr> pods_of(const Site& site, const json& set) {
  std::vector<ObjectPtr> pods;
  const std::string uid = text(set, {"metadata", "uid"});
  for (const ObjectPtr& pod : site.objects->list(resource::pods, namespace_of(set))) {
    const std::string phase = text(*pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed" || at(*pod, {"metadata", "deletionTimestamp"}) != nullptr) continue;
    if (is_controlled_by(*pod, uid)) pods.push_back(pod);
  }
  return pods;
}

std::int64_t terminating_pods_of(const Site& site, const json& set) {
  const std::string uid = text(set, {"metadata", "uid"});
  const auto pods = site.objects->list(resource::pods, namespace_of(set));
  return std::count_if(pods.begin(), pods.end(), [&](const ObjectPtr& pod) {
    return is_controlled_by(*pod, uid) && at(*pod, {"metadata", "deletionTimestamp"}) != nullptr;
  });
}

void tend_replica_set(Site& site, const std::string& ns, const std::string& name) {
  const ObjectPtr set = site.objects->get(resource::replica_sets, ns, name);
  if (set == nullptr || at(*set, {"metadata", "deletionTimestamp"}) != nullptr) return;
  const auto desired = static_cast<std::size_t>(number(*set, {"spec", "replicas"}, 1));
  std::vector<ObjectPtr> pods = pods_of(site, *set);
  std::string failure;
  for (std::size_t i = pods.size(); i < desired && failure.empty(); ++i) failure = create_pod(site, *set, i);
  if (pods.size() > desired) {
    // Those that are not ready go first.
    std::stable_partition(pods.begin(), pods.end(), [](const ObjectPtr& pod) { return is_ready(*pod); });
    for (std::size_t i = desired; i < pods.size(); ++i) site.remove(controller_manager, resource::pods, "v1", *pods[i]);
  }
  if (!failure.empty()) site.plan(Duty::replica_set, ns, name, std::chrono::milliseconds(500));
  write_status(site, *set, pods_of(site, *set), failure);
}

}  // namespace mesh::simulator::world
