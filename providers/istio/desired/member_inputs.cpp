#include "providers/istio/desired/member_inputs.h"

#include <fmt/format.h>

namespace mesh::istio {

using nlohmann::json;

Address address_of(const std::string& cluster, ActionKind kind) {
  return {fmt::format("{}/{}", cluster, to_string(kind))};
}

Address discovery_address(const std::string& cluster, const std::string& peer) {
  std::string text;
  text.reserve(cluster.size() + peer.size() + 11);
  text.append(cluster).append("/discovery/").append(peer);
  return {std::move(text)};
}

json owned_body(const MeshSpec& mesh, const ObjectId& id, json labels) {
  labels[managed_by_label] = field_manager;
  labels[mesh_label] = mesh.name;
  json metadata = {{"name", id.name}, {"labels", std::move(labels)}};
  if (!id.ns.empty()) metadata["namespace"] = id.ns;
  return {{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", std::move(metadata)}};
}

FieldPath metadata_path(const char* group, const std::string& key) {
  return {FieldName{"metadata"}, FieldName{group}, FieldName{key}};
}

}  // namespace mesh::istio
