#include "providers/simulator/apiserver/registry/kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "providers/simulator/apimachinery/schema/defaults.h"
#include "providers/simulator/apiserver/registry/service_kind.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

void fill_secret(json& object) {
  const auto plain = object.find("stringData");
  if (plain == object.end()) return;
  if (plain->is_object() && !plain->empty()) {
    json& data = object["data"];
    if (!data.is_object()) data = json::object();
    for (const auto& [key, value] : plain->items()) {
      if (value.is_string()) data[key] = base64_encode(value.get<std::string>());
    }
  }
  object.erase("stringData");
}

void fill_namespace(json& object) {
  const std::string name = object["metadata"].value("name", "");
  if (!name.empty()) object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
}

// What the admission plugins ServiceAccount, DefaultTolerationSeconds and Priority add to a new pod.
void admit_pod(json& pod) {
  json& spec = pod["spec"];
  if (spec.value("serviceAccountName", "").empty()) spec["serviceAccountName"] = "default";
  spec["serviceAccount"] = spec["serviceAccountName"];
  if (!spec.contains("priority")) spec["priority"] = 0;
  if (!spec.contains("preemptionPolicy")) spec["preemptionPolicy"] = "PreemptLowerPriority";
  json& tolerations = spec["tolerations"];
  if (!tolerations.is_array()) tolerations = json::array();
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    bool there = false;
    for (const json& one : tolerations) there = there || one.value("key", "") == key;
    if (there) continue;
    tolerations.push_back({{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}});
  }
}

// A new pod's account has to be there. The default one is awaited, for a namespace has it soon.
std::optional<ApiError> check_account(const Draft& draft, const json& pod) {
  const std::string account = pod["spec"].value("serviceAccountName", "");
  const std::string& ns = draft.exchange.info.ns;
  if (account == "default" || draft.cluster.store.find("serviceaccounts", ns, account)) return std::nullopt;
  return forbidden_object(
      "", "pods", pod["metadata"].value("name", pod["metadata"].value("generateName", "")),
      fmt::format("error looking up service account {0}/{1}: serviceaccount \"{1}\" not found", ns, account));
}

// Where a pod finds its account's token; nothing when it does not want it or has it already.
void mount_account(const Draft& draft, json& pod) {
  constexpr const char* place = "/var/run/secrets/kubernetes.io/serviceaccount";
  json& spec = pod["spec"];
  const auto account =
      draft.cluster.store.find("serviceaccounts", draft.exchange.info.ns, spec.value("serviceAccountName", ""));
  const json of_account = account ? account->json().value("automountServiceAccountToken", json()) : json();
  if (spec.value("automountServiceAccountToken", of_account != false) == false) return;
  const std::string name = "kube-api-access-" + draft.cluster.name_suffix();
  bool mounted = false;
  for (const char* list : {"initContainers", "containers"}) {
    if (!spec.contains(list) || !spec[list].is_array()) continue;
    for (json& container : spec[list]) {
      json& mounts = container["volumeMounts"];
      if (!mounts.is_array()) mounts = json::array();
      const bool there = std::any_of(mounts.begin(), mounts.end(),
                                     [&](const json& one) { return one.value("mountPath", "") == place; });
      if (there) continue;
      mounts.push_back({{"name", name}, {"readOnly", true}, {"mountPath", place}});
      mounted = true;
    }
  }
  if (!mounted) return;
  const json sources = {
      {{"serviceAccountToken", {{"expirationSeconds", 3607}, {"path", "token"}}}},
      {{"configMap",
        {{"name", "kube-root-ca.crt"}, {"items", json::array({{{"key", "ca.crt"}, {"path", "ca.crt"}}})}}}},
      {{"downwardAPI",
        {{"items", json::array({{{"path", "namespace"},
                                 {"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}})}}}}};
  json& volumes = spec["volumes"];
  if (!volumes.is_array()) volumes = json::array();
  volumes.push_back({{"name", name}, {"projected", {{"sources", sources}, {"defaultMode", 420}}}});
}

// A pod that has its node shows where that stands.
void show_topology(const Draft& draft, json& pod) {
  const std::string name = pod["spec"].value("nodeName", "");
  const StoredPtr node = name.empty() ? nullptr : draft.cluster.store.find("nodes", "", name);
  if (!node) return;
  for (const char* key : {"topology.kubernetes.io/region", "topology.kubernetes.io/zone"}) {
    if (const std::string* value = node->label(key)) pod["metadata"]["labels"][key] = *value;
  }
}

// Who makes the pod owns none of what a webhook adds, and the defaults go over it again.
std::optional<ApiError> ask_webhooks(const Draft& draft, json& pod) {
  const PodWebhook webhook = draft.cluster.pod_webhook();
  if (!webhook) return std::nullopt;
  if (const auto why = webhook(draft.exchange.info.ns, pod)) {
    return ApiError{.code = 500, .reason = "InternalError", .message = "Internal error occurred: " + *why};
  }
  set_defaults(draft.write, pod);
  return std::nullopt;
}

bool is_core(const Draft& draft, const char* resource) { return draft.exchange.stored_as() == resource; }

}  // namespace

void fill_in(const Draft& draft, json& object) {
  if (is_core(draft, "secrets")) fill_secret(object);
  if (is_core(draft, "namespaces")) fill_namespace(object);
}

std::optional<ApiError> admit(const Draft& draft, const json& before, json& object) {
  if (is_core(draft, "pods") && before.is_null()) {
    admit_pod(object);
    if (auto error = check_account(draft, object)) return error;
    mount_account(draft, object);
    show_topology(draft, object);
    if (auto error = ask_webhooks(draft, object)) return error;
  }
  if (is_core(draft, "services") && draft.write.subresource.empty()) keep_allocated(before, object);
  return std::nullopt;
}

std::optional<ApiError> allocate(const Draft& draft, const json& before, json& object) {
  if (is_core(draft, "services") && draft.write.subresource.empty()) {
    return allocate_service(draft.cluster, before, object, draft.options.dry_run);
  }
  if (is_core(draft, "namespaces") && before.is_null()) {
    // Only the finalize subresource takes this finalizer away.
    object["spec"]["finalizers"] = json::array({"kubernetes"});
    object["status"] = {{"phase", "Active"}};
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
