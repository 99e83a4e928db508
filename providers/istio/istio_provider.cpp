#include "providers/istio/istio_provider.h"

#include "providers/istio/checks/read_for_checks.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/lease_locks.h"
#include "providers/istio/peer_credentials.h"
#include "providers/istio/peer_gateways.h"
#include "providers/istio/perform.h"
#include "providers/istio/read_cluster.h"

namespace mesh::istio {
namespace {

class IstioProvider final : public Provider {
 public:
  IstioProvider(const MeshSpec& mesh, const std::map<std::string, ClusterSpec>& clusters,
                kubernetes::ClientFactory& clients, Clock& clock, const ProviderLimits& limits)
      : mesh_(mesh),
        clock_(clock),
        limits_(limits),
        client_pool_(mesh.name, clusters, clients),
        peers_(mesh_, client_pool_, clock),
        gateways_(mesh_, client_pool_),
        sync_(mesh_, client_pool_, clock),
        locks_(mesh_, client_pool_, clock) {}

  ClusterState read(const ClusterSpec& cluster, CheckReading* checks, TimePoint deadline,
                    std::stop_token stop) override {
    ClusterState state{.name = cluster.name};
    auto client = client_pool_.to(cluster.name);
    if (client) {
      read_cluster(state, checks, mesh_, **client, {.deadline = deadline, .stop = std::move(stop)});
    } else {
      state.reading = Unreachable{std::move(client.error())};
    }
    append(state.diagnostics, client_pool_.warnings(cluster.name));
    return state;
  }

  void read_recorded(const ClusterSpec& cluster, const std::set<ObjectId>& recorded, ClusterState& state,
                     TimePoint deadline, std::stop_token stop) override {
    auto client = client_pool_.to(cluster.name);
    if (!client) return;
    istio::read_recorded(state, mesh_, recorded, **client, {.deadline = deadline, .stop = std::move(stop)});
  }

  ClusterState access(const ClusterSpec& cluster) override {
    ClusterState state{.name = cluster.name, .reading = LeftOut{}};
    auto client = client_pool_.to(cluster.name);
    if (client) {
      report_access(state, **client);
    } else {
      state.reading = LeftOut{std::move(client.error())};
    }
    append(state.diagnostics, client_pool_.warnings(cluster.name));
    return state;
  }

  CheckReading read_for_checks(const ClusterSpec& cluster, CheckDepth depth, TimePoint deadline,
                               std::stop_token stop) override {
    auto client = client_pool_.to(cluster.name);
    if (!client) return {};
    const kubernetes::CallLimits limits{.deadline = deadline, .stop = std::move(stop)};
    CheckReading reading = istio::read_for_checks(mesh_, depth, **client, clock_, limits);
    if (limits_.dial_gateways) dial_gateways(reading, mesh_, limits.stop);
    return reading;
  }

  ActionReport perform(const Action& action, Progress& progress, std::stop_token stop) override {
    return istio::perform(action,
                          {.client_pool = client_pool_,
                           .peers = peers_,
                           .gateways = gateways_,
                           .sync = limits_.await_sync ? &sync_ : nullptr,
                           .clock = clock_,
                           .ready = limits_.ready},
                          progress, stop);
  }

  ClusterLocks& locks() override { return locks_; }

 private:
  const MeshSpec mesh_;
  Clock& clock_;
  const ProviderLimits limits_;
  ClientPool client_pool_;
  PeerCredentials peers_;
  PeerGateways gateways_;
  PeerSync sync_;
  LeaseLocks locks_;
};

}  // namespace

std::unique_ptr<Provider> make_provider(const MeshSpec& mesh, const std::map<std::string, ClusterSpec>& clusters,
                                        kubernetes::ClientFactory& clients, Clock& clock,
                                        const ProviderLimits& limits) {
  return std::make_unique<IstioProvider>(mesh, clusters, clients, clock, limits);
}

}  // namespace mesh::istio
