#include "providers/simulator/istio/traffic/traffic_model.h"

#include <algorithm>
#include <set>

#include "providers/simulator/istio/traffic/verdict.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

/// A pod that a person would call from.
ObjectPtr usual_caller(const Objects& objects, const std::string& ns) {
  for (const ObjectPtr& pod : objects.list(resource::pods, ns)) {
    const std::string app = label(*pod, "app");
    if ((app == "sleep" || app == "curl") && is_ready(*pod)) return pod;
  }
  return nullptr;
}

}  // namespace

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
        found.push_back(
            {world.name, service, target.world->name, name_of(*target.pod), verdict(*this, caller, target)});
      }
    }
  }
  return found;
}

std::vector<TrafficPath> paths(const SimulatedClusters& clusters) { return TrafficModel(clusters).paths(); }

}  // namespace mesh::simulator
