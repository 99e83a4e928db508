#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/platform.h"
#include "engine/port/clock.h"
#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/apiserver/request/query_text.h"
#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/istio/install/install.h"
#include "providers/simulator/istio/install/samples.h"
#include "providers/simulator/istio/traffic/traffic_model.h"
#include "providers/simulator/objects/resources.h"
#include "providers/simulator/simulated_world.h"

/// What code outside of the simulator includes. In process: no sockets, certificates or files; those are server/.
namespace mesh::simulator {

/// One simulated cluster, as it begins.
struct ClusterSetup {
  std::string name;
  Platform platform;
  /// None: a cluster without an istiod.
  std::optional<InstallSettings> istio = {};
  std::string system_namespace = "istio-system";
  std::string underlay = {};
};

struct SimulationSettings {
  std::vector<ClusterSetup> clusters;
  std::uint64_t seed = 1;
  std::vector<Fault> faults = {};
  Delays delays = {};
};

/// Simulated clusters with everything behind their API servers, from construction to destruction.
class Simulation {
 public:
  /// Every istiod that can be is available when this returns. Cluster NAME takes itself for served at
  /// ADDRESS/clusters/NAME, with a certificate of `ca_pem`; kubeconfigs that say otherwise do not work. Errors:
  /// duplicate_id (faults), internal (an installation was refused).
  static Result<std::unique_ptr<Simulation>> start(const SimulationSettings& settings, std::string address,
                                                   std::string ca_pem, Clock& clock);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  const std::vector<std::string>& names() const { return names_; }
  /// `ADDRESS/clusters/NAME`.
  std::string server(const std::string& cluster) const { return address_ + "/clusters/" + cluster; }
  const std::string& ca_pem() const { return ca_pem_; }
  /// A bearer token of a member of system:masters. The cluster exists.
  const std::string& admin_token(const std::string& cluster) const { return api(cluster).settings().admin_token; }
  /// A cluster's API server, past the faults of requests. The cluster exists.
  ApiServer& api(const std::string& cluster) const { return *servers_.at(cluster); }
  bool has(const std::string& cluster) const { return servers_.contains(cluster); }
  /// What goes wrong: faults may be added and removed at any time. Those of requests are only counted here: whoever
  /// passes requests on asks strike().
  FaultSet& faults() { return faults_; }
  /// The clusters as the traffic model takes them, as they are now.
  SimulatedClusters clusters() const { return world_.clusters(); }

 private:
  Simulation(const SimulationSettings& settings, std::string address, std::string ca_pem, Clock& clock);
  Result<void> install(const SimulationSettings& settings);
  /// For as long as they take; an apply that comes earlier sees injection fail.
  void wait_for_istiods(const SimulationSettings& settings) const;

  Clock& clock_;
  const std::string address_;
  const std::string ca_pem_;
  std::vector<std::string> names_;
  FaultSet faults_;
  std::map<std::string, std::unique_ptr<ApiServer>> servers_;
  SimulatedWorld world_;
};

/// Whether a Deployment has an available pod; null: it does not exist.
bool is_available(const StoredPtr& deployment);

}  // namespace mesh::simulator
