#include "providers/simulator/istio/traffic/istiod_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/istio/traffic/networks.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

/// A registry whose client was built: does it sync?
ServiceRegistry remote_registry(const SimulatedClusters& clusters, const SimulatedCluster& caller,
                                const RemoteCluster& remote) {
  ServiceRegistry registry{.id = remote.id, .secret = remote.secret};
  const ApiProbe probe = clusters.probe ? clusters.probe(caller.name, remote.credential) : ApiProbe{};
  registry.answer = probe.answer;
  const bool syncs = remote.synced || (probe.answer == ApiProbe::Answer::ok && remote.listed);
  registry.cluster = remote.known.empty() || (syncs && !remote.synced) ? probe.cluster : remote.known;
  const SimulatedCluster* peer = clusters.find(registry.cluster);
  if (peer != nullptr && (syncs || !remote.known.empty())) registry.objects = peer->objects;
  if (syncs && peer != nullptr) return registry;
  registry.status = remote.waited && probe.answer != ApiProbe::Answer::ok ? SyncStatus::timeout : SyncStatus::syncing;
  registry.why = probe.answer == ApiProbe::Answer::ok ? "its informers are still listing" : probe.why;
  return registry;
}

}  // namespace

const char* to_string(SyncStatus status) {
  switch (status) {
    case SyncStatus::synced:
      return "synced";
    case SyncStatus::syncing:
      return "syncing";
    case SyncStatus::timeout:
      return "timeout";
  }
  return "";
}

const SimulatedCluster* SimulatedClusters::find(const std::string& name) const {
  const auto it = std::find_if(clusters.begin(), clusters.end(), [&](const auto& one) { return one.name == name; });
  return it == clusters.end() ? nullptr : &*it;
}

std::shared_ptr<const ControlPlane> SimulatedCluster::control_plane() const {
  if (plane) return plane();
  auto found = control_plane_of(*objects, system_namespace);
  return found ? std::make_shared<const ControlPlane>(std::move(*found)) : nullptr;
}

std::optional<IstiodView> own_view_of(const AddressBook& book, const SimulatedCluster& cluster) {
  const auto plane = cluster.control_plane();
  if (plane == nullptr) return std::nullopt;
  IstiodView view{.world = &cluster, .plane = *plane};
  view.registries.push_back({.id = plane->cluster_id, .cluster = cluster.name, .objects = cluster.objects});
  view.gateways = gateways_of(book, view);
  return view;
}

std::optional<IstiodView> view_of(const SimulatedClusters& clusters, const AddressBook& book,
                                  const SimulatedCluster& cluster) {
  const auto plane = cluster.control_plane();
  if (plane == nullptr) return std::nullopt;
  IstiodView view{.world = &cluster, .plane = *plane};
  if (cluster.istiod) view.memory = cluster.istiod();
  view.registries.push_back({.id = plane->cluster_id, .cluster = cluster.name, .objects = cluster.objects});
  for (const auto& [id, remote] : view.memory.clusters) {
    view.registries.push_back(remote_registry(clusters, cluster, remote));
  }
  view.gateways = gateways_of(book, view);
  return view;
}

bool is_discovered(const ControlPlane& plane, const Objects& registry, const std::string& ns) {
  const nlohmann::json& selectors = items(plane.mesh, {"discoverySelectors"});
  if (selectors.empty()) return true;
  const ObjectPtr found = registry.get(resource::namespaces, "", ns);
  if (found == nullptr) return false;
  const Labels labels = labels_of(*found);
  return std::any_of(selectors.begin(), selectors.end(), [&](const auto& one) { return selects(one, labels); });
}

}  // namespace mesh::simulator
