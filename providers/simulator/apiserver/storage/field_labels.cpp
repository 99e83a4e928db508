#include "providers/simulator/apiserver/storage/field_labels.h"

#include <map>
#include <nlohmann/json.hpp>

namespace mesh::simulator {

using nlohmann::json;

namespace {

using Labels = std::vector<std::string>;

const std::map<std::string, Labels>& table() {
  static const std::map<std::string, Labels> labels = {
      {"pods",
       {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"}},
      {"secrets", {"type"}},
      {"namespaces", {"status.phase"}},
      {"nodes", {"spec.unschedulable"}},
      {"services", {"spec.clusterIP", "spec.type"}},
      {"replicasets.apps", {"status.replicas"}},
      {"replicationcontrollers", {"status.replicas"}},
      {"events",
       {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "source", "type"}},
  };
  return labels;
}

std::string plain(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return std::to_string(value.get<long long>());
  return "";
}

// What an absent member counts as, where Go's zero value is no empty text.
std::string absent(const std::string& label) {
  if (label == "spec.unschedulable" || label == "spec.hostNetwork") return "false";
  return label == "status.replicas" ? "0" : "";
}

std::string value_at(const json& object, const std::string& label) {
  if (label == "source") return value_at(object, "source.component");
  const json* at = &object;
  std::size_t start = 0;
  while (start <= label.size()) {
    const std::size_t dot = std::min(label.find('.', start), label.size());
    const auto found = at->is_object() ? at->find(label.substr(start, dot - start)) : at->end();
    if (!at->is_object() || found == at->end()) return absent(label);
    at = &*found;
    start = dot + 1;
  }
  return plain(*at);
}

}  // namespace

std::vector<std::string> field_labels(const std::string& resource) {
  const auto found = table().find(resource);
  return found == table().end() ? Labels{} : found->second;
}

std::vector<std::pair<std::string, std::string>> selectable_fields(const std::string& resource, const json& object) {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto found = table().find(resource);
  if (found == table().end()) return fields;
  for (const std::string& label : found->second) fields.emplace_back(label, value_at(object, label));
  return fields;
}

}  // namespace mesh::simulator
