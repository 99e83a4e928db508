#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/addresses.h"
#include "providers/simulator/istio/traffic/control_plane.h"
#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {

enum class SyncStatus { synced, syncing, timeout };
const char* to_string(SyncStatus status);

/// One cluster that an istiod reads.
struct ServiceRegistry {
  /// The id it gives it: its own CLUSTER_ID, or the data key.
  std::string id = {};
  /// "NAMESPACE/NAME" of the Secret; empty for its own.
  std::string secret = {};
  SyncStatus status = SyncStatus::synced;
  /// Why it is not synced, for a sentence.
  std::string why = {};
  ApiProbe::Answer answer = ApiProbe::Answer::ok;
  /// The cluster that is read or, when none is yet, the one behind the credential, by the simulator's name.
  std::string cluster = {};
  /// What its informers hold, or those of the client before; null when neither has ever synced.
  std::shared_ptr<const Objects> objects = {};
};

/// A way into a network, after istiod resolved its name (istio-facts 3).
struct NetworkGateway {
  std::string network = {};
  /// The registry that it was found in.
  std::string cluster = {};
  std::string address = {};
  int port = 15443;
  /// The host name that the address was resolved from; empty for an IP.
  std::string hostname = {};
  bool operator==(const NetworkGateway&) const = default;
};

/// All that one istiod knows.
struct IstiodView {
  const SimulatedCluster* world = nullptr;
  ControlPlane plane = {};
  IstiodMemory memory = {};
  /// Its own first.
  std::vector<ServiceRegistry> registries = {};
  std::vector<NetworkGateway> gateways = {};
};

/// Nothing when the cluster has no istiod.
std::optional<IstiodView> view_of(const SimulatedClusters& clusters, const AddressBook& book,
                                  const SimulatedCluster& cluster);
/// The same without remote clusters: what a cluster's own objects alone tell.
std::optional<IstiodView> own_view_of(const AddressBook& book, const SimulatedCluster& cluster);

/// Whether discoverySelectors let the namespace of a registry be seen.
bool is_discovered(const ControlPlane& plane, const Objects& registry, const std::string& ns);

}  // namespace mesh::simulator
