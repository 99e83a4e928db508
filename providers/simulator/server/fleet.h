#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/platform.h"
#include "engine/port/clock.h"
#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/istio/install/install.h"
#include "providers/simulator/server/audit.h"
#include "providers/simulator/server/listener.h"
#include "providers/simulator/simulated_world.h"

namespace mesh::simulator {

/// One simulated cluster, as it begins.
struct FleetCluster {
  std::string name;
  Platform platform;
  /// None: a cluster without an istiod.
  std::optional<world::InstallSettings> istio = {};
  std::string system_namespace = "istio-system";
  std::string underlay = {};
};

struct FleetSettings {
  std::vector<FleetCluster> clusters;
  ListenSettings listen = {};
  std::uint64_t seed = 1;
  std::vector<Fault> faults = {};
  world::Delays delays = {};
  /// Where NAME.audit.log go; empty: nowhere.
  std::filesystem::path logs = {};
};

/// Simulated clusters behind one port, with everything behind them, from construction to destruction.
class Fleet final : private RequestHandler {
 public:
  /// Serves, and every istiod that can be is available, when this returns. Errors: usage (the address), duplicate_id
  /// (faults), internal (an installation was refused).
  static Result<std::unique_ptr<Fleet>> start(FleetSettings settings, Clock& clock);
  ~Fleet() override;

  /// `https://ADDR:PORT`.
  const std::string& address() const { return address_; }
  const std::string& ca_pem() const { return authority_.pem(); }
  /// Of /control.
  const std::string& control_token() const { return control_token_; }
  /// Where a cluster's API server is: `https://ADDR:PORT/clusters/NAME`.
  std::string server(const std::string& cluster) const;
  /// A cluster's API server, past the port and the faults. The cluster exists.
  ApiServer& api(const std::string& cluster) { return *clusters_.at(cluster).api; }
  /// What goes wrong: faults may come and go at any time.
  FaultSet& faults() { return faults_; }
  /// The clusters as the traffic model takes them, as they are now.
  world::SimulatedClusters clusters() const { return world_->clusters(); }
  /// As kubectl reads it: context, cluster and current context are called like the cluster.
  std::string kubeconfig(const std::string& cluster) const;

 private:
  struct Cluster {
    std::string admin_token;
    std::unique_ptr<ApiServer> api;
  };

  Fleet(FleetSettings settings, Clock& clock);
  Result<void> open();
  Result<void> install();
  /// For as long as they take; an apply that comes earlier sees injection fail.
  void wait_for_istiods() const;

  ResponsePlan plan_response(const IncomingRequest& incoming) override;
  void answered(const IncomingRequest& incoming, int status, std::size_t bytes, Progress stage) override;
  std::shared_ptr<PodBackend> pods(const std::string& cluster) override;
  ApiResponse answer(const Cluster& cluster, const IncomingRequest& incoming, const std::vector<Fault>& struck) const;

  /// Tells the world when faults begin and end by themselves.
  void keep_time(const std::stop_token& stop);
  void faults_changed();

  const FleetSettings settings_;
  Clock& clock_;
  FaultSet faults_;
  Authority authority_{"mesh-simulator"};
  const std::string control_token_ = random_hex(32);
  AuditLog audit_;
  std::string address_;
  std::map<std::string, Cluster> clusters_;
  std::optional<world::SimulatedWorld> world_;
  std::unique_ptr<Listener> listener_;
  /// Until then a request, if ever one comes, hears 503.
  std::atomic<bool> open_ = false;
  std::mutex sleep_mutex_;
  std::stop_source sleep_;
  std::jthread time_keeper_;
};

}  // namespace mesh::simulator
