#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool is_pullable(const json& pod) {
  const json& containers = items(pod, {"spec", "containers"});
  return std::none_of(containers.begin(), containers.end(),
                      [](const json& one) { return text(one, {"image"}) == "auto"; });
}

json container_status(const json& container, const std::string& pod_uid, const json& state, bool ready) {
  const std::string image = text(container, {"image"});
  json status = {{"name", text(container, {"name"})},
                 {"image", image},
                 {"imageID", ""},
                 {"ready", ready},
                 {"restartCount", 0},
                 {"started", ready || state.contains("running")},
                 {"state", state}};
  if (state.contains("running") || state.contains("terminated")) {
    status["containerID"] = fmt::format("containerd://{}-{}", pod_uid, text(container, {"name"}));
    status["imageID"] = image;
  }
  return status;
}

/// Containers that run or, where an image cannot be pulled, wait for it.
json container_statuses(const json& pod, const std::string& started, bool ready) {
  json all = json::array();
  const std::string uid = text(pod, {"metadata", "uid"});
  for (const json& container : items(pod, {"spec", "containers"})) {
    const bool automatic = text(container, {"image"}) == "auto";
    const json waiting = {
        {"waiting",
         {{"reason", "ErrImagePull"},
          {"message",
           "failed to pull and unpack image \"docker.io/library/auto:latest\": failed to resolve "
           "reference \"docker.io/library/auto:latest\": pull access denied, repository does not exist "
           "or may require authorization"}}}};
    const json running = {{"running", {{"startedAt", started}}}};
    all.push_back(container_status(container, uid, automatic ? waiting : running, ready && !automatic));
  }
  return all;
}

json init_statuses(const json& pod, const std::string& now) {
  json all = json::array();
  for (const json& container : items(pod, {"spec", "initContainers"})) {
    const json ended = {
        {"terminated", {{"exitCode", 0}, {"reason", "Completed"}, {"startedAt", now}, {"finishedAt", now}}}};
    all.push_back(container_status(container, text(pod, {"metadata", "uid"}), ended, true));
  }
  return all;
}

/// Everything that the kubelet says when the pod has come so far.
json status_of(ClusterContext& context, const json& pod, bool runs, bool ready) {
  const std::string now = context.now_text();
  json status = pod.value("status", json::object());
  const std::string node = text(pod, {"spec", "nodeName"});
  const std::string digits = node.substr(node.find_last_not_of("0123456789") + 1);
  status["phase"] = runs ? "Running" : "Pending";
  status["hostIP"] = context.node_address(digits.empty() ? 0 : std::stoul(digits.substr(0, 4)) - 1);
  status["hostIPs"] = json::array({{{"ip", status["hostIP"]}}});
  if (text(status, {"podIP"}).empty()) status["podIP"] = context.next_pod_address();
  status["podIPs"] = json::array({{{"ip", status["podIP"]}}});
  if (text(status, {"startTime"}).empty()) status["startTime"] = now;
  json& conditions = status["conditions"];
  set_condition(conditions, "PodReadyToStartContainers", "True", "", "", now);
  set_condition(conditions, "Initialized", "True", "", "", now);
  const char* reason = ready ? "" : "ContainersNotReady";
  set_condition(conditions, "Ready", ready ? "True" : "False", reason, "", now);
  set_condition(conditions, "ContainersReady", ready ? "True" : "False", reason, "", now);
  set_condition(conditions, "PodScheduled", "True", "", "", now);
  for (json& condition : conditions) {
    if (condition["status"] == "True") condition.erase("reason");
  }
  status["containerStatuses"] = container_statuses(pod, status["startTime"].get<std::string>(), ready);
  if (json init = init_statuses(pod, now); !init.empty()) status["initContainerStatuses"] = std::move(init);
  return status;
}

}  // namespace

void reconcile_pod(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr pod = context.objects->get(resource::pods, ns, name);
  if (pod == nullptr) return;
  const std::string uid = text(*pod, {"metadata", "uid"});
  if (at(*pod, {"metadata", "deletionTimestamp"}) != nullptr) {
    const TimePoint ended = context.since("end " + uid) + context.settings.delays.pod_stop;
    if (const TimePoint now = context.clock.now(); now < ended) {
      context.plan(ControllerKind::pod, ns, name, std::chrono::ceil<std::chrono::milliseconds>(ended - now));
      return;
    }
    context.forget_since("end " + uid);
    // The API server keeps a pod until its kubelet says that it has ended.
    const json options = {{"gracePeriodSeconds", 0}, {"preconditions", {{"uid", uid}}}};
    context.api.call(kubelet, "DELETE", ClusterContext::path(resource::pods, "v1", ns, name), options);
    return;
  }
  const std::string phase = text(*pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed" || is_ready(*pod)) return;
  if (text(*pod, {"spec", "nodeName"}).empty()) {
    const json binding = {{"apiVersion", "v1"},
                          {"kind", "Binding"},
                          {"metadata", {{"name", name}, {"namespace", ns}}},
                          {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", context.node_name(0)}}}};
    context.api.call("kube-scheduler", "POST", ClusterContext::path(resource::pods, "v1", ns, name) + "/binding",
                     binding);
    return;
  }
  const Delays& delays = context.settings.delays;
  const std::string watched = "pod " + uid;
  const TimePoint created = context.since(watched);
  const TimePoint now = context.clock.now();
  const bool pullable = is_pullable(*pod);
  const TimePoint next =
      phase == "Running" || !pullable ? created + delays.pod_start + delays.pod_ready : created + delays.pod_start;
  if (now < next) {
    context.plan(ControllerKind::pod, ns, name, std::chrono::ceil<std::chrono::milliseconds>(next - now));
    return;
  }
  if (!pullable) {
    if (!items(*pod, {"status", "containerStatuses"}).empty()) return;
    context.patch(kubelet, resource::pods, "v1", *pod, {{"status", status_of(context, *pod, false, false)}}, true);
    return;
  }
  const bool stuck = context.faults.strikes(FaultKind::pods_not_ready, context.settings.name, ns, name);
  if (stuck && phase == "Running") return;
  const bool ready = !stuck && now >= created + delays.pod_start + delays.pod_ready;
  if (ready) {
    context.forget_since(watched);
    if (label(*pod, "app") == "istiod" && ns == context.settings.system_namespace) {
      choose_root(context, *pod);
      context.restart_istiod(uid);
    }
  }
  context.patch(kubelet, resource::pods, "v1", *pod, {{"status", status_of(context, *pod, true, ready)}}, true);
}

}  // namespace mesh::simulator
