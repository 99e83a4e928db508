#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/platform.h"
#include "engine/port/clock.h"
#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/istio/traffic/model.h"

namespace mesh::simulator::world {

/// How long the parts of a cluster take. Zero: at once.
struct Delays {
  /// From a change to the controller that looks at it.
  std::chrono::milliseconds controller{2};
  /// From a pod's creation to Running, and from there to Ready.
  std::chrono::milliseconds pod_start{40};
  std::chrono::milliseconds pod_ready{60};
  std::chrono::milliseconds pod_stop{20};
  std::chrono::milliseconds load_balancer{200};
  /// From a change to the autoscaler's next look: it looks once in this time.
  std::chrono::milliseconds autoscaler{15000};
  /// From a remote Secret to istiod's registry being synced, and to istiod's giving up.
  std::chrono::milliseconds sync{50};
  std::chrono::milliseconds sync_timeout{30000};
};

/// What may go wrong behind the API; each may be empty.
struct WorldFaults {
  /// The cloud gives the Service no address.
  std::function<bool(const std::string& cluster, const std::string& ns, const std::string& service)> no_address = {};
  /// istiod does not see what became of the Secret.
  std::function<bool(const std::string& cluster, const std::string& ns, const std::string& secret)> deaf_istiod = {};
  /// Nobody reaches the cluster's API server, as seen from `from`.
  std::function<bool(const std::string& from, const std::string& cluster)> api_down = {};
  /// The pod does not become ready.
  std::function<bool(const std::string& cluster, const std::string& ns, const std::string& pod)> pod_stuck = {};
  /// What load balancers get instead of what the platform gives, and after how long instead of the usual delay.
  std::function<std::optional<LoadBalancerAddress>(const std::string& cluster)> address_kind = {};
  std::function<std::optional<std::chrono::milliseconds>(const std::string& cluster)> address_delay = {};
};

struct ClusterSettings {
  std::string name = {};
  /// All URLs at which its API server answers: "https://127.0.0.1:PORT/clusters/NAME".
  std::vector<std::string> servers = {};
  /// Decides the kind of its load balancers' addresses and the look of its nodes.
  Platform platform = {};
  /// From 1 on and its own: chooses its addresses. 10.N.0.0/16 are its pods.
  int number = 1;
  int nodes = 2;
  /// Pods of clusters with the same underlay reach each other by their addresses; empty: no other cluster's do.
  std::string underlay = {};
  std::string system_namespace = "istio-system";
  Delays delays = {};
};

/// Everything behind the API servers of a simulator: controllers, kubelets, clouds, istiods, and the traffic between
/// the pods. It sets itself as PodBackend of each server. One thread serves all clusters.
class SimulatedWorld {
 public:
  /// `clock` outlives it.
  explicit SimulatedWorld(Clock& clock, std::uint64_t seed = 1, WorldFaults faults = {});
  ~SimulatedWorld();
  SimulatedWorld(const SimulatedWorld&) = delete;
  SimulatedWorld& operator=(const SimulatedWorld&) = delete;

  /// Creates the cluster's nodes and begins to follow it; what is in the server already is looked at as well. The
  /// server outlives the world, or is removed before.
  void add(ApiServer& api, ClusterSettings settings);

  /// Works in a thread of its own until stop().
  void start();
  void stop();
  /// Does what is due now, in the calling thread, for tests with a clock of their own. Returns when the next thing is
  /// due; nothing: all is quiet.
  std::optional<TimePoint> run_due();
  /// Something about the faults has changed: look at Services and Secrets again.
  void faults_changed();

  /// The clusters as the traffic model takes them. They show what is there when the model looks, so ask for them anew
  /// rather than keep them; the world outlives them.
  SimulatedClusters clusters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mesh::simulator::world
