#include "engine/rehearse/copied_secret.h"

#include <algorithm>

#include "providers/istio/desired/names.h"

namespace mesh::rehearse {

using nlohmann::json;

const std::string* text_at(const json& object, const json::json_pointer& at) {
  if (!object.contains(at) || !object[at].is_string()) return nullptr;
  return object[at].get_ptr<const std::string*>();
}

std::string text_of(const json& object, const char* group, const char* key) {
  const auto* text = text_at(object, json::json_pointer("/metadata") / group / key);
  return text == nullptr ? std::string() : *text;
}

bool is_remote_secret(const json& object) {
  return object.value("kind", "") == "Secret" && text_of(object, "labels", istio::remote_secret_label) == "true";
}

std::vector<std::string> ids_of(const json& secret) {
  std::vector<std::string> ids;
  if (const auto data = secret.find("data"); data != secret.end() && data->is_object()) {
    for (const auto& [id, value] : data->items()) ids.push_back(id);
  }
  for (const json& entry : secret["metadata"].value("managedFields", json::array())) {
    const auto& owned = entry.value("fieldsV1", json::object()).value("f:data", json::object());
    for (const auto& [key, value] : owned.items()) {
      if (key.starts_with("f:") && std::find(ids.begin(), ids.end(), key.substr(2)) == ids.end()) {
        ids.push_back(key.substr(2));
      }
    }
  }
  if (ids.empty()) ids.push_back(text_of(secret, "annotations", istio::cluster_annotation));
  return ids;
}

}  // namespace mesh::rehearse
