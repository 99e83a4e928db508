#include "providers/simulator/api/kinds.h"

#include <string_view>

#include "providers/simulator/api/service_kind.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::string base64(const std::string& text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t at = 0;
  for (; at < text.size(); at += 3) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = (bits << 8U) | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    }
    for (unsigned i = 0; i < 4; ++i) {
      out += i > text.size() - at ? '=' : alphabet[(bits >> (18U - 6U * i)) & 63U];
    }
  }
  return out;
}

void fill_secret(json& object) {
  const auto plain = object.find("stringData");
  if (plain == object.end()) return;
  if (plain->is_object() && !plain->empty()) {
    json& data = object["data"];
    if (!data.is_object()) data = json::object();
    for (const auto& [key, value] : plain->items()) {
      if (value.is_string()) data[key] = base64(value.get<std::string>());
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
    return allocate_service(draft.cluster, before, object);
  }
  if (is_core(draft, "namespaces") && before.is_null()) {
    // Only the finalize subresource takes this finalizer away.
    object["spec"]["finalizers"] = json::array({"kubernetes"});
    object["status"] = {{"phase", "Active"}};
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
