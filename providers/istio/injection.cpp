#include "providers/istio/injection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "engine/base/json.h"
#include "providers/istio/checks/label_selector.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

constexpr const char* injection_label = "istio-injection";
constexpr const char* inject_label = "sidecar.istio.io/inject";

/// `istio.io/rev=x`, or that there is no such label.
std::string shown(const json& labels, const char* key) {
  const json* value = member(&labels, key);
  return value == nullptr || !value->is_string() ? fmt::format("no label {}", key)
                                                 : fmt::format("{}={}", key, value->get<std::string>());
}

}  // namespace

ObjectId injection_webhooks_id() { return {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", ""}; }

std::string why_not_injected(const std::vector<Object>& webhooks, const json& namespace_labels,
                             const json& pod_labels) {
  if (webhooks.empty()) return "the cluster has no injection webhook: no MutatingWebhookConfiguration of an istiod";
  std::vector<std::string> names;
  for (const Object& configuration : webhooks) {
    names.push_back(configuration.id.name);
    for (const json& webhook : list_at(configuration.body, {"webhooks"})) {
      if (!selects(member(&webhook, "namespaceSelector"), namespace_labels)) continue;
      if (!selects(member(&webhook, "objectSelector"), pod_labels)) continue;
      return fmt::format(
          "webhook {} of MutatingWebhookConfiguration {} selects the pod, but did not change it when it "
          "was created",
          text_at(webhook, "name"), configuration.id.name);
    }
  }
  return fmt::format(
      "none of the injection webhooks ({}) selects the pod: the pod has {} and {}, its namespace has {} "
      "and {}",
      fmt::join(names, ", "), shown(pod_labels, revision_label), shown(pod_labels, inject_label),
      shown(namespace_labels, revision_label), shown(namespace_labels, injection_label));
}

std::string not_injected_reason(const Object& pod) {
  const auto is_auto = [&](const std::string& container) {
    for (const json& one : list_at(pod.body, {"spec", "containers"})) {
      if (text_at(one, "name") == container) return text_at(one, "image") == "auto";
    }
    return false;
  };
  constexpr std::array<std::string_view, 4> reasons = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName",
                                                       "ErrImageNeverPull"};
  for (const json& status : list_at(pod.body, {"status", "containerStatuses"})) {
    std::string reason = text_at(status, {"state", "waiting", "reason"});
    for (const std::string_view one : reasons) {
      if (reason == one && is_auto(text_at(status, "name"))) return reason;
    }
  }
  return {};
}

}  // namespace mesh::istio
