#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/addresses.h"
#include "providers/simulator/istio/traffic/istiod_view.h"
#include "providers/simulator/istio/traffic/link.h"
#include "providers/simulator/istio/traffic/service_endpoints.h"

namespace mesh::simulator {

/// Who calls.
struct Caller {
  std::string cluster = {};
  std::string ns = {};
  /// Null: any workload with a sidecar.
  ObjectPtr pod = {};
};

/// A pod behind a Service, in the cluster where it runs.
struct Target {
  const SimulatedCluster* world = nullptr;
  ServiceName service = {};
  ObjectPtr pod = {};
  std::string address = {};
};

/// One way from a caller to a pod.
struct TrafficPath {
  std::string caller = {};
  ServiceName service = {};
  /// Of the pod.
  std::string cluster = {};
  std::string pod = {};
  Verdict verdict = {};
};

/// Answers questions about traffic between the clusters. Pure: the worlds are values and stay as they are while it
/// lives; what it keeps saves time alone. Not for several threads at once.
class TrafficModel {
 public:
  explicit TrafficModel(const SimulatedClusters& clusters);

  const SimulatedClusters& clusters() const { return clusters_; }
  const AddressBook& book() const { return book_; }
  /// What a cluster's istiod knows; null when there is none.
  const IstiodView* view(const std::string& cluster) const;
  /// The same without remote clusters.
  const IstiodView* own_view(const std::string& cluster) const;

  /// The settings of a cluster's istiod; null when there is none.
  const ControlPlane* plane(const SimulatedCluster& cluster) const;

  /// Every pod of the Service in every cluster.
  std::vector<Target> targets(const ServiceName& service) const;
  /// Every (caller cluster, Service, pod). Services of the system namespace, of kube-system and of the API server are
  /// left out. The caller is a pod labelled app=sleep or app=curl in the Service's namespace, or else any workload with
  /// a sidecar there.
  std::vector<TrafficPath> paths() const;

 private:
  const SimulatedClusters& clusters_;
  AddressBook book_;
  mutable std::map<std::string, std::shared_ptr<const ControlPlane>> planes_;
  mutable std::map<std::string, std::optional<IstiodView>> views_;
  mutable std::map<std::string, std::optional<IstiodView>> own_views_;
};

/// paths() of a model of these worlds.
std::vector<TrafficPath> paths(const SimulatedClusters& clusters);

}  // namespace mesh::simulator
