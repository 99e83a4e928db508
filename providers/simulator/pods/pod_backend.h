#pragma once

#include <functional>
#include <memory>
#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {
class ApiServer;
}

namespace mesh::simulator {

/// What runs in the pods of one cluster: istiod's own pages, curl in Sleep, logs of all. `clusters` is asked for each
/// answer anew.
std::shared_ptr<PodBackend> make_pod_backend(const std::string& cluster, const ApiServer& api,
                                             std::function<SimulatedClusters()> clusters);

}  // namespace mesh::simulator
