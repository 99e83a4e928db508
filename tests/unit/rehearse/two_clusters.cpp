#include "tests/unit/rehearse/two_clusters.h"

#include <gtest/gtest.h>

#include "engine/apply/apply_plan.h"
#include "engine/plan/make_plan.h"
#include "engine/refresh/refresh.h"
#include "engine/rehearse/simulated_mesh.h"
#include "providers/istio/desired/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/platform/platforms.h"

namespace mesh::testing {
namespace {

class SilentProgress final : public Progress {
 public:
  void started(const Address&, Operation) override {}
  void waiting(const Address&, const std::string&) override {}
  void retrying(const Address&, const std::string&, std::chrono::milliseconds) override {}
  void finished(const ActionReport&) override {}
};

}  // namespace

bool RealClock::sleep_until(TimePoint when, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

TwoClusters::TwoClusters() {
  spec.mesh.name = "sim";
  spec.mesh.id = "mesh1";
  spec.mesh.revision = "default";
  for (const std::string name : {"c1", "c2"}) {
    ClusterSpec& cluster = spec.clusters[name];
    cluster.name = name;
    cluster.id = "id-" + name;
    cluster.platform = "kubernetes";
    cluster.network = name;
    cluster.peers = {name == "c1" ? "c2" : "c1"};
  }
  simulator::SimulationSettings settings{.clusters = rehearse::clusters_of(spec, platform::all())};
  settings.delays = {.controller = std::chrono::milliseconds(1),
                     .pod_start = std::chrono::milliseconds(1),
                     .pod_ready = std::chrono::milliseconds(1),
                     .pod_stop = std::chrono::milliseconds(1),
                     .load_balancer = std::chrono::milliseconds(1),
                     .sync = std::chrono::milliseconds(1)};
  auto started = simulator::Simulation::start(std::move(settings), "https://real.example",
                                              simulator::make_root("real").certificate, clock);
  if (!started) throw std::runtime_error(started.error().front().cause);
  simulation = std::move(*started);
  clients = rehearse::in_process_clients(*simulation, clock);
  provider = istio::make_provider(spec.mesh, spec.clusters, *clients, clock, {.await_sync = false});
}

LiveState TwoClusters::read() { return refresh(spec.clusters, *provider, clock, {}, {}); }

Plan TwoClusters::plan(const LiveState& live) {
  const DesiredState desired = istio::desired(spec, platform::all(), live, removed, Intent::apply);
  auto made = make_plan({.mesh = spec.mesh.name,
                         .spec_digest = spec.digest,
                         .desired = desired,
                         .live = live,
                         .schemas = kubernetes::field_schemas()});
  EXPECT_TRUE(made);
  return made ? std::move(*made) : Plan();
}

void TwoClusters::apply() {
  SilentProgress progress;
  const Report report = apply_plan(plan(read()), *provider, progress, clock, {}, {});
  for (const ActionReport& action : report.actions) {
    for (const Diagnostic& problem : action.error) ADD_FAILURE() << action.address.text << ": " << problem.cause;
  }
}

}  // namespace mesh::testing
