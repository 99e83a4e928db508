#include "providers/simulator/istio/traffic/model.h"

#include <algorithm>
#include <array>
#include <set>

#include "providers/simulator/objects/read.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator::world {
namespace {

constexpr std::array link_words = {"none",
                                   "control_plane",
                                   "sidecar",
                                   "service",
                                   "remote_secret",
                                   "refused_secret",
                                   "wrong_server",
                                   "api_unreachable",
                                   "api_untrusted",
                                   "token",
                                   "rights",
                                   "syncing",
                                   "discovery",
                                   "cluster_local",
                                   "headless",
                                   "port",
                                   "readiness",
                                   "client_network",
                                   "endpoint_network",
                                   "same_network",
                                   "gateway_unknown",
                                   "plaintext",
                                   "gateway_address",
                                   "source_ranges",
                                   "gateway_port",
                                   "gateway_pods",
                                   "exposure",
                                   "listener",
                                   "gateway_view",
                                   "roots",
                                   "trust_domain",
                                   "strict_mode",
                                   "program"};
static_assert(link_words.size() == static_cast<std::size_t>(Link::program) + 1);

/// A pod that a person would call from.
ObjectPtr usual_caller(const Objects& objects, const std::string& ns) {
  for (const ObjectPtr& pod : objects.list(resource::pods, ns)) {
    const std::string app = label(*pod, "app");
    if ((app == "sleep" || app == "curl") && is_ready(*pod)) return pod;
  }
  return nullptr;
}

}  // namespace

std::string to_string(Link link) { return link_words.at(static_cast<std::size_t>(link)); }

bool is_tried(Link link) {
  switch (link) {
    case Link::client_network:
    case Link::endpoint_network:
    case Link::same_network:
    case Link::gateway_unknown:
    case Link::gateway_address:
    case Link::source_ranges:
    case Link::gateway_port:
    case Link::gateway_pods:
    case Link::exposure:
    case Link::listener:
    case Link::gateway_view:
    case Link::roots:
    case Link::trust_domain:
    case Link::strict_mode:
    case Link::program:
    case Link::none:
      return true;
    default:
      return false;
  }
}

TrafficModel::TrafficModel(const SimulatedClusters& clusters) : clusters_(clusters), book_(clusters) {}

const IstiodView* TrafficModel::view(const std::string& cluster) const {
  auto it = views_.find(cluster);
  if (it == views_.end()) {
    const SimulatedCluster* world = clusters_.find(cluster);
    it = views_.emplace(cluster, world == nullptr ? std::nullopt : view_of(clusters_, book_, *world)).first;
  }
  return it->second ? &*it->second : nullptr;
}

const IstiodView* TrafficModel::own_view(const std::string& cluster) const {
  auto it = own_views_.find(cluster);
  if (it == own_views_.end()) {
    const SimulatedCluster* world = clusters_.find(cluster);
    it = own_views_.emplace(cluster, world == nullptr ? std::nullopt : own_view_of(book_, *world)).first;
  }
  return it->second ? &*it->second : nullptr;
}

const ControlPlane* TrafficModel::plane(const SimulatedCluster& cluster) const {
  auto it = planes_.find(cluster.name);
  if (it == planes_.end()) it = planes_.emplace(cluster.name, cluster.control_plane()).first;
  return it->second.get();
}

std::vector<Target> TrafficModel::targets(const ServiceName& service) const {
  std::vector<Target> found;
  for (const SimulatedCluster& world : clusters_.clusters) {
    for (const ServiceEndpoint& endpoint : all_endpoints_of(*world.objects, service)) {
      if (endpoint.pod != nullptr) found.push_back({&world, service, endpoint.pod, endpoint.address});
    }
  }
  return found;
}

std::vector<TrafficPath> TrafficModel::paths() const {
  std::set<ServiceName> services;
  for (const SimulatedCluster& world : clusters_.clusters) {
    for (const ObjectPtr& service : world.objects->list(resource::services, "")) {
      const ServiceName name{namespace_of(*service), name_of(*service)};
      if (name.ns == world.system_namespace || name.ns == "kube-system") continue;
      if (name == ServiceName{"default", "kubernetes"}) continue;
      services.insert(name);
    }
  }
  std::vector<TrafficPath> found;
  for (const ServiceName& service : services) {
    const std::vector<Target> all = targets(service);
    for (const SimulatedCluster& world : clusters_.clusters) {
      const Caller caller{world.name, service.ns, usual_caller(*world.objects, service.ns)};
      for (const Target& target : all) {
        found.push_back({world.name, service, target.world->name, name_of(*target.pod), verdict(caller, target)});
      }
    }
  }
  return found;
}

std::vector<TrafficPath> paths(const SimulatedClusters& clusters) { return TrafficModel(clusters).paths(); }

}  // namespace mesh::simulator::world
