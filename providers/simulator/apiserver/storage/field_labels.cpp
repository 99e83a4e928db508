#include "providers/simulator/apiserver/storage/field_labels.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace mesh::simulator {

using nlohmann::json;

const std::vector<std::string>& field_labels(const std::string& resource) {
  static const std::map<std::string, std::vector<std::string>> labels = {
      {"pods", {"spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP"}},
      {"secrets", {"type"}},
      {"namespaces", {"status.phase"}},
      {"services", {"spec.clusterIP", "spec.type"}},
      {"events",
       {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason",
        "type"}},
  };
  static const std::vector<std::string> none;
  const auto found = labels.find(resource);
  return found == labels.end() ? none : found->second;
}

std::vector<std::pair<std::string, std::string>> selectable_fields(const std::string& resource, const json& object) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string& label : field_labels(resource)) {
    std::string pointer = "/" + label;
    std::ranges::replace(pointer, '.', '/');
    const json value = object.value(json::json_pointer(pointer), json());
    fields.emplace_back(label, value.is_string() ? value.get<std::string>() : "");
  }
  return fields;
}

}  // namespace mesh::simulator
