#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

std::string network_of(const Object& object) { return text_at(object.body, {"metadata", "labels", network_label}); }

bool is_own_gateway(const ClusterView& cluster, const ObjectId& id) {
  const ObjectId own = gateway_service_id(cluster.ns());
  return id.ns == own.ns && id.name == own.name;
}

/// Whose network it is; null when no cluster of the spec has it.
const ClusterSpec* cluster_of(const Spec& spec, const std::string& network) {
  for (const auto& [name, cluster] : spec.clusters) {
    if (cluster.network == network) return &cluster;
  }
  return nullptr;
}

}  // namespace

/// (istio-facts 2)
void check_network_label(const ClusterView& cluster, Findings& found) {
  const Object* home = cluster.found(namespace_id(cluster.ns()));
  if (home == nullptr || network_of(*home) == cluster.cluster.network) return;
  const std::string label = network_of(*home);
  found.push_back({.object = home->id,
                   .read = label.empty() ? fmt::format("it has no label {}", network_label)
                                         : fmt::format("label {} is `{}`, the spec says `{}`", network_label, label,
                                                       cluster.cluster.network),
                   .means = "peers dial pods of this cluster directly, or look for another gateway",
                   .hint = "mesh apply"});
}

/// Clients get their network from here alone, and mesh does not write it (istio-facts 2).
void check_network_injector(const ClusterView& cluster, Findings& found) {
  if (cluster.injector.is_null()) return;
  const std::string injected = cluster.value({"global", "network"});
  if (injected == cluster.cluster.network) return;
  found.push_back({.object = ObjectId{"v1", "ConfigMap", cluster.ns(), "istio-sidecar-injector" + cluster.suffix()},
                   .read = injected.empty() ? std::string("global.network is not set")
                                            : fmt::format("global.network is `{}`, the spec says `{}`", injected,
                                                          cluster.cluster.network),
                   .means = "injected pods believe that they are in another network: they dial pods of other clusters "
                            "directly, and time out",
                   .hint = fmt::format("install the control plane with values.global.network={}, then restart the "
                                       "injected pods",
                                       cluster.cluster.network)});
}

void check_network_service(const ClusterView& cluster, Findings& found) {
  const Object* service = cluster.found(gateway_service_id(cluster.ns()));
  if (service == nullptr || network_of(*service) == cluster.cluster.network) return;
  found.push_back({.object = service->id,
                   .read = fmt::format("label {} is `{}`, the spec says `{}`", network_label, network_of(*service),
                                       cluster.cluster.network),
                   .means = "peers know no gateway for this network and dial its pods directly",
                   .hint = "mesh apply"});
}

/// Any labelled Service is a gateway of its network, whatever stands behind it (istio-facts 3).
void check_second_gateway(const MeshView& mesh, Findings& found) {
  for (const ClusterView* one : mesh.clusters) {
    for (const Object& service : one->objects(Topic::network_services)) {
      const std::string network = network_of(service);
      const ClusterSpec* owner = cluster_of(mesh.spec, network);
      const bool own = is_own_gateway(*one, service.id) && network == one->cluster.network;
      if (owner == nullptr || own || addresses_of(service).empty()) continue;
      const bool elsewhere = owner->name != one->cluster.name && network != one->cluster.network;
      found.push_back({.cluster = one->cluster.name,
                       .peer = elsewhere ? owner->name : std::string(),
                       .object = service.id,
                       .read = fmt::format("this Service says that it is a gateway of network `{}`{}", network,
                                           elsewhere ? fmt::format(", which is that of cluster {}", owner->name) : ""),
                       .means = "peers send a share of the connections there",
                       .hint = fmt::format("if it is not meant to be one: kubectl -n {} label service {} {}-",
                                           service.id.ns, service.id.name, network_label)});
    }
  }
}

/// (istio-facts 3)
void check_mesh_networks(const ClusterView& cluster, Findings& found) {
  const Object* map = cluster.find(Topic::config_maps, "istio" + cluster.suffix());
  if (map == nullptr) return;
  const std::string text = text_at(map->body, {"data", "meshNetworks"});
  if (text.find("networks: {}") != std::string::npos || text.find("gateways") == std::string::npos) return;
  found.push_back({.object = map->id,
                   .read = "meshNetworks lists gateways",
                   .means = "istiod uses them beside those that it finds by their label",
                   .hint = "take out of meshConfig's meshNetworks what the spec describes"});
}

}  // namespace mesh::istio
