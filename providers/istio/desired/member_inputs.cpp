#include "providers/istio/desired/member_inputs.h"

#include <fmt/format.h>

#include <array>

namespace mesh::istio {
namespace {

/// `istioctl uninstall` and its pruning take away whatever carries the labels of Istio, in every namespace (istio-facts
/// 1.3); `kubectl apply --prune` what carries that of an ApplySet.
constexpr std::array<const char*, 6> prune_labels = {"applyset.kubernetes.io/part-of",
                                                     "install.operator.istio.io/owning-resource",
                                                     "install.operator.istio.io/owning-resource-namespace",
                                                     "operator.istio.io/component",
                                                     "operator.istio.io/managed",
                                                     "operator.istio.io/version"};

}  // namespace

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
  labels[managed_by_label] = managed_by;
  labels[mesh_label] = mesh.name;
  json metadata = {{"name", id.name}, {"labels", std::move(labels)}};
  if (!id.ns.empty()) metadata["namespace"] = id.ns;
  return {{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", std::move(metadata)}};
}

void forbid_pruning(DesiredObject& object) {
  for (const char* label : prune_labels) object.forbidden.push_back(metadata_path("labels", label));
  object.forbidden.push_back({FieldName{"metadata"}, FieldName{"ownerReferences"}});
}

FieldPath metadata_path(const char* group, const std::string& key) {
  return {FieldName{"metadata"}, FieldName{group}, FieldName{key}};
}

}  // namespace mesh::istio
