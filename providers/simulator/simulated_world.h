#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/port/clock.h"
#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/controllers/cluster_settings.h"
#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {

/// Everything behind the API servers of a simulator: controllers, kubelets, clouds, istiods, and the traffic between
/// the pods. It sets itself as PodBackend of each server. One thread serves all clusters.
class SimulatedWorld {
 public:
  /// `clock` and `faults` outlive it. What goes wrong behind the API is asked of `faults` when it matters, and again
  /// after each change of them.
  SimulatedWorld(Clock& clock, std::uint64_t seed, FaultSet& faults);
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

  /// The clusters as the traffic model takes them. They show what is there when the model looks, so ask for them again
  /// rather than keep them; the world outlives them.
  SimulatedClusters clusters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mesh::simulator
