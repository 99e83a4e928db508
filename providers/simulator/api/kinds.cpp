#include "providers/simulator/api/kinds.h"

#include "engine/base/digest.h"
#include "providers/simulator/api/service_kind.h"

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

bool is_core(const Draft& draft, const char* resource) { return draft.exchange.stored_as() == resource; }

}  // namespace

void fill_in(const Draft& draft, json& object) {
  if (is_core(draft, "secrets")) fill_secret(object);
  if (is_core(draft, "namespaces")) fill_namespace(object);
}

std::optional<ApiError> admit(const Draft& draft, const json& before, json& object) {
  if (is_core(draft, "pods") && before.is_null()) admit_pod(object);
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
