#include "providers/istio/gateway_pods.h"

#include <fmt/format.h>

#include <optional>

#include "engine/base/json.h"
#include "engine/jobs/workers.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/injection.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using nlohmann::json;

/// Which rollout a ReplicaSet, and which one a Deployment is at.
constexpr const char* rollout_annotation = "deployment.kubernetes.io/revision";

class NewestPods {
 public:
  NewestPods(Client& client, std::string cluster, ObjectId deployment, CallLimits limits)
      : client_(client), cluster_(std::move(cluster)), deployment_(std::move(deployment)), limits_(std::move(limits)) {}

  /// Ends when a pod of the newest rollout was not injected; or when it is stopped, or not allowed to watch.
  void watch(const json& match_labels) {
    std::string selector;
    for (const auto& [key, value] : match_labels.items()) {
      if (!value.is_string()) continue;
      selector += fmt::format("{}{}={}", selector.empty() ? "" : ",", key, value.get<std::string>());
    }
    const kubernetes::Read pods{.id = {"v1", "Pod", deployment_.ns, ""}, .label_selector = selector};
    // What ends the watch itself is no news: the Deployment is waited for as well.
    (void)client_.wait(
        pods, [this](const Object* pod) { return judge(pod); }, {}, limits_);
  }

  const Diagnostics& failure_of_pod() const { return failure_; }

 private:
  Readiness judge(const Object* pod) {
    if (pod == nullptr) return {};
    const std::string reason = not_injected_reason(*pod);
    if (reason.empty() || !is_of_newest_rollout(*pod)) return {};
    const std::string why = explain(*pod);
    failure_ = {{.code = Code::not_injected,
                 .where = fmt::format("cluster {}: {}", cluster_, to_string(pod->id)),
                 .summary = "gateway pod was not injected",
                 .cause = fmt::format("{} for the image `auto`: {}", reason, why),
                 .hint = fmt::format("see that istiod is ready and its webhook selects the pod, then delete the pod: "
                                     "kubectl delete pod -n {} {}",
                                     pod->id.ns, pod->id.name)}};
    return Readiness::failed(why);
  }

  bool is_of_newest_rollout(const Object& pod) {
    std::string replica_set;
    for (const json& owner : list_at(pod.body, {"metadata", "ownerReferences"})) {
      if (text_at(owner, "kind") == "ReplicaSet") replica_set = text_at(owner, "name");
    }
    // A pod of no Deployment; an empty name would list all ReplicaSets.
    if (replica_set.empty()) return false;
    const auto answers =
        client_.read_all({{.id = deployment_}, {.id = {"apps/v1", "ReplicaSet", pod.id.ns, replica_set}}}, limits_);
    const auto rollout = [](const Result<kubernetes::ReadAnswer>& answer) {
      const json* value =
          !answer || answer->objects.empty()
              ? nullptr
              : find_field(answer->objects.front().body, {"metadata", "annotations", rollout_annotation});
      return value == nullptr ? json() : *value;
    };
    if (!answers[0] || answers[0]->objects.empty()) return false;
    const json& body = answers[0]->objects.front().body;
    // What its controller did not look at yet has no pods of its own.
    const json* seen = find_field(body, {"status", "observedGeneration"});
    const json* now = find_field(body, {"metadata", "generation"});
    if (seen == nullptr || now == nullptr || *seen < *now) return false;
    return rollout(answers[0]) == rollout(answers[1]);
  }

  std::string explain(const Object& pod) {
    const auto answers = client_.read_all(
        {{.id = injection_webhooks_id(), .label_selector = "app=sidecar-injector"}, {.id = namespace_id(pod.id.ns)}},
        limits_);
    if (!answers[0]) return "no webhook put an image there; the webhooks could not be read";
    const auto labels_of = [](const json& body) {
      const json* labels = find_field(body, {"metadata", "labels"});
      return labels == nullptr ? json::object() : *labels;
    };
    const bool has_namespace = answers[1] && !answers[1]->objects.empty();
    return why_not_injected(answers[0]->objects,
                            has_namespace ? labels_of(answers[1]->objects.front().body) : json::object(),
                            labels_of(pod.body));
  }

  Client& client_;
  const std::string cluster_;
  const ObjectId deployment_;
  const CallLimits limits_;
  Diagnostics failure_;
};

}  // namespace

Result<void> wait_for_deployment(Client& client, const std::string& cluster, const ObjectId& id,
                                 const kubernetes::JudgeReadiness& judge,
                                 const std::function<void(const std::string&)>& on_change, const CallLimits& limits) {
  std::stop_source over;
  const std::stop_callback with_caller(limits.stop, [&] { over.request_stop(); });
  CallLimits both = limits;
  both.stop = over.get_token();
  NewestPods newest(client, cluster, id, both);
  std::optional<std::jthread> pods;
  auto ready = client.wait(
      {.id = id},
      [&](const Object* object) {
        Readiness now = judge(object);
        const json* labels = object == nullptr || now.state != Readiness::State::pending
                                 ? nullptr
                                 : find_field(object->body, {"spec", "selector", "matchLabels"});
        if (labels != nullptr && !pods) {
          pods = try_thread([&newest, &over, wanted = *labels](const std::stop_token&) {
            newest.watch(wanted);
            if (!newest.failure_of_pod().empty()) over.request_stop();
          });
        }
        return now;
      },
      on_change, both);
  over.request_stop();
  pods.reset();
  if (!ready && !newest.failure_of_pod().empty()) return failure(newest.failure_of_pod());
  return ready;
}

}  // namespace mesh::istio
