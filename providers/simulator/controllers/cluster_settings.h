#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/model/platform.h"

namespace mesh::simulator {

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

}  // namespace mesh::simulator
