#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

struct Counts {
  std::int64_t all = 0, updated = 0, ready = 0, available = 0, terminating = 0;
};

/// Whether there is more of what is desired, or less of what is not, than the status tells.
bool gets_on(const json& deployment, const Counts& counts) {
  const auto told = [&](const char* field) { return number(deployment, {"status", field}); };
  return counts.updated > told("updatedReplicas") ||
         counts.all - counts.updated < told("replicas") - told("updatedReplicas") ||
         counts.ready > told("readyReplicas") || counts.available > told("availableReplicas");
}

void set_progress(ClusterContext& context, json& conditions, const json& deployment, const json* current,
                  const Counts& counts, std::int64_t desired) {
  const std::string now = context.now_text();
  const std::string name = name_of(deployment);
  const std::string set = current == nullptr ? "" : name_of(*current);
  // A rollout is one template; its time starts anew whenever it gets on.
  const std::string watched =
      fmt::format("rollout {} {} {} {}", text(deployment, {"metadata", "uid"}), set, counts.updated, counts.available);
  // Once a template is rolled out, scaling is no progress of it.
  const auto before = std::find_if(conditions.begin(), conditions.end(),
                                   [](const json& one) { return text(one, {"type"}) == "Progressing"; });
  const std::string done = fmt::format("ReplicaSet \"{}\" has successfully progressed.", set);
  if (current != nullptr && before != conditions.end() && text(*before, {"reason"}) == "NewReplicaSetAvailable" &&
      counts.all == counts.updated) {
    return;
  }
  const bool complete =
      current != nullptr && counts.updated == desired && counts.all == desired && counts.available == desired;
  if (complete) {
    context.forget_since(watched);
    set_condition(conditions, "Progressing", "True", "NewReplicaSetAvailable", done, now, true);
    return;
  }
  const auto limit = std::chrono::seconds(number(deployment, {"spec", "progressDeadlineSeconds"}, 600));
  const TimePoint due = context.since(watched) + limit;
  if (context.clock.now() >= due && current != nullptr) {
    set_condition(conditions, "Progressing", "False", "ProgressDeadlineExceeded",
                  fmt::format("ReplicaSet \"{}\" has timed out progressing.", set), now, true);
    return;
  }
  context.plan(ControllerKind::deployment, namespace_of(deployment), name,
               std::chrono::ceil<std::chrono::milliseconds>(due - context.clock.now()));
  if (current == nullptr) {
    set_condition(
        conditions, "Progressing", "True", "NewReplicaSetCreated",
        fmt::format("Created new replica set \"{}-{}\"", name, template_hash(*at(deployment, {"spec", "template"}))),
        now, true);
  } else if (before == conditions.end() || gets_on(deployment, counts)) {
    set_condition(conditions, "Progressing", "True", "ReplicaSetUpdated",
                  fmt::format("ReplicaSet \"{}\" is progressing.", set), now, true);
  }
}

void set_failure(ClusterContext& context, json& conditions, const json* current) {
  std::erase_if(conditions.get_ref<json::array_t&>(),
                [](const json& one) { return text(one, {"type"}) == "ReplicaFailure"; });
  if (current == nullptr) return;
  for (const json& one : items(*current, {"status", "conditions"})) {
    if (text(one, {"type"}) != "ReplicaFailure" || text(one, {"status"}) != "True") continue;
    set_condition(conditions, "ReplicaFailure", "True", text(one, {"reason"}), text(one, {"message"}),
                  context.now_text(), true);
  }
}

}  // namespace

void report_deployment(ClusterContext& context, const json& deployment, const std::vector<ObjectPtr>& sets,
                       const json* current, const json& notes) {
  Counts counts;
  for (const ObjectPtr& set : sets) {
    counts.all += number(*set, {"status", "replicas"});
    counts.ready += number(*set, {"status", "readyReplicas"});
    counts.available += number(*set, {"status", "availableReplicas"});
    counts.terminating += number(*set, {"status", "terminatingReplicas"});
    if (current != nullptr && name_of(*set) == name_of(*current)) counts.updated = number(*set, {"status", "replicas"});
  }
  const std::int64_t desired = number(deployment, {"spec", "replicas"}, 1);
  const json before = deployment.value("status", json::object());
  json status = {{"observedGeneration", number(deployment, {"metadata", "generation"})},
                 {"terminatingReplicas", counts.terminating}};
  const auto set = [&](const char* field, std::int64_t value) {
    if (value != 0) status[field] = value;
  };
  set("replicas", counts.all);
  set("updatedReplicas", counts.updated);
  set("readyReplicas", counts.ready);
  set("availableReplicas", counts.available);
  set("unavailableReplicas", std::max<std::int64_t>(0, std::max(counts.all, desired) - counts.available));
  json& conditions = status["conditions"] = items(before, {"conditions"});
  static const json quarter = "25%";
  const json* limit = at(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"});
  const bool recreate = text(deployment, {"spec", "strategy", "type"}) == "Recreate";
  const std::int64_t least =
      recreate ? desired : desired - share_of(limit == nullptr ? &quarter : limit, desired, false);
  if (counts.available >= least) {
    set_condition(conditions, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.",
                  context.now_text(), true);
  } else {
    set_condition(conditions, "Available", "False", "MinimumReplicasUnavailable",
                  "Deployment does not have minimum availability.", context.now_text(), true);
  }
  set_progress(context, conditions, deployment, current, counts, desired);
  set_failure(context, conditions, current);
  if (status == before && notes.empty()) return;
  for (const char* field :
       {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"}) {
    if (!status.contains(field)) status[field] = nullptr;
  }
  // The controller writes its notes with the status, so that they do not count as a change of what is desired.
  json change = {{"status", std::move(status)}};
  if (!notes.empty()) change["metadata"]["annotations"] = notes;
  context.patch(controller_manager, resource::deployments, "v1", deployment, change, true);
}

}  // namespace mesh::simulator
