#include "engine/rehearse/rehearse.h"

#include <fmt/format.h>

#include "engine/apply/apply_plan.h"
#include "engine/plan/make_plan.h"
#include "engine/refresh/refresh.h"
#include "engine/rehearse/cluster_copy.h"
#include "engine/rehearse/copied_status.h"
#include "engine/rehearse/in_process_clients.h"
#include "engine/rehearse/injected_networks.h"
#include "engine/rehearse/path_watch.h"
#include "engine/rehearse/simulated_mesh.h"
#include "providers/istio/desired/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {
namespace {

using simulator::Simulation;

constexpr std::chrono::seconds patience{10};

Diagnostic not_read(const std::string& cluster) {
  return {.code = Code::incomplete,
          .where = fmt::format("cluster {}", cluster),
          .summary = "plan cannot be rehearsed",
          .cause = "the cluster could not be read, so there is nothing to copy",
          .hint = "fix the access to the cluster, then plan again"};
}

Diagnostic stopped() {
  return {.code = Code::cancelled,
          .summary = "stopped, nothing was changed",
          .cause = "a signal came during the rehearsal",
          .hint = "run the command again"};
}

/// Times that are over at once.
simulator::Delays quick() {
  using std::chrono::milliseconds;
  return {.controller = milliseconds(1),
          .pod_start = milliseconds(5),
          .pod_ready = milliseconds(5),
          .pod_stop = milliseconds(5),
          .load_balancer = milliseconds(20),
          .sync = milliseconds(10)};
}

/// The mesh of the plan on simulated clusters, read as the real ones are.
class RehearsalRun {
 public:
  RehearsalRun(const Planned& planned, Clock& clock, std::stop_token stop)
      : planned_(planned), clock_(clock), stop_(std::move(stop)), spec_(planned.spec), removed_(planned.removed) {
    // They are reached where the simulation is, not where the spec says.
    for (auto* clusters : {&spec_.clusters, &removed_}) {
      for (auto& [name, cluster] : *clusters) cluster.api_server.reset();
    }
    all_ = spec_.clusters;
    all_.insert(removed_.begin(), removed_.end());
  }

  Result<void> set_up() {
    Spec both = planned_.spec;
    both.clusters.insert(planned_.removed.begin(), planned_.removed.end());
    status_ = status_of(planned_.live, both.mesh.system_namespace);
    const auto settings = settings_for(both);
    constexpr const char* address = "https://simulated.invalid";
    auto simulation = Simulation::start(settings, address, simulator::make_root("mesh-simulator").certificate, clock_);
    if (!simulation) return failure(std::move(simulation.error()));
    simulation_ = std::move(*simulation);
    clients_ = in_process_clients(*simulation_, clock_);
    provider_ = istio::make_provider(spec_.mesh, all_, *clients_, clock_, {.ready = patience, .await_sync = false});
    if (auto made = add_samples(); !made) return made;
    return load_copy(*simulation_, both, copy_of(planned_.live, both.clusters), clock_, stop_);
  }

  /// Reads the simulated clusters and plans.
  Result<Plan> plan() {
    const LiveState live = refresh(all_, *provider_, clock_, {.budget = patience}, stop_);
    const DesiredState desired = istio::desired(spec_, planned_.platforms, live, removed_, Intent::apply);
    return make_plan({.mesh = spec_.mesh.name,
                      .spec_digest = spec_.digest,
                      .desired = desired,
                      .live = live,
                      .schemas = kubernetes::field_schemas()});
  }

  std::size_t clusters() const { return all_.size(); }
  Simulation& simulation() { return *simulation_; }
  const StatusCopy& status() const { return status_; }
  Provider& provider() { return *provider_; }

 private:
  simulator::SimulationSettings settings_for(const Spec& both) {
    simulator::SimulationSettings settings{.clusters = clusters_of(both, planned_.platforms), .delays = quick()};
    for (const CopiedStatus& kept : status_.kept) settings.faults.push_back(kept.fault);
    const auto networks = injected_networks(both, planned_.live, planned_.clients, clock_, stop_, status_.assumed);
    for (simulator::ClusterSetup& cluster : settings.clusters) {
      const auto revision = revision_of(planned_.live.clusters.at(cluster.name));
      if (!revision) {
        cluster.istio.reset();
        continue;
      }
      cluster.istio->revision = *revision;
      cluster.istio->network = networks.at(cluster.name);
    }
    return settings;
  }

  Result<void> add_samples() {
    for (const auto& [name, cluster] : all_) {
      const auto revision = revision_of(planned_.live.clusters.at(name));
      if (!revision) continue;
      for (const nlohmann::json& object : simulator::sample_objects(*revision, {"v1", "v2"})) {
        if (auto put = put_object(*simulation_, name, object, "rehearsal"); !put) return put;
      }
    }
    return {};
  }

  const Planned& planned_;
  Clock& clock_;
  const std::stop_token stop_;
  Spec spec_;
  std::map<std::string, ClusterSpec> removed_;
  std::map<std::string, ClusterSpec> all_;
  StatusCopy status_;
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<kubernetes::ClientFactory> clients_;
  std::unique_ptr<Provider> provider_;
};

std::vector<Address> otherwise(const Plan& real, const Plan& simulated) {
  std::map<Address, Operation> operations;
  for (const Action& action : simulated.actions) operations[action.address] = action.operation;
  std::vector<Address> differing;
  for (const Action& action : real.actions) {
    const auto found = operations.find(action.address);
    if (found == operations.end() || found->second != action.operation) differing.push_back(action.address);
    operations.erase(action.address);
  }
  for (const auto& [address, operation] : operations) {
    if (operation != Operation::unchanged) differing.push_back(address);
  }
  return differing;
}

}  // namespace

Result<Rehearsal> rehearse_plan(const Planned& planned, Clock& clock, const std::stop_token& stop) {
  Diagnostics unread;
  for (const auto& [name, state] : planned.live.clusters) {
    if (!state.answered() && state.renamed_to() == nullptr) unread.push_back(not_read(name));
  }
  if (!unread.empty()) return failure(std::move(unread));
  RehearsalRun run(planned, clock, stop);
  if (auto ready = run.set_up(); !ready) return failure(std::move(ready.error()));
  PathWatch watch(run.simulation(), clock);
  watch.settle(patience, stop);
  auto simulated = run.plan();
  if (!simulated) return failure(std::move(simulated.error()));
  Rehearsal rehearsal{.clusters = run.clusters(),
                      .planned_otherwise = otherwise(planned.plan, *simulated),
                      .assumed = run.status().assumed};
  StatusWatch progress(watch, run.simulation().faults(), *simulated, run.status().kept);
  watch.begin();
  rehearsal.report = apply_plan(*simulated, run.provider(), progress, clock, {}, stop);
  watch.end();
  watch.settle(patience, stop);
  if (stop.stop_requested()) return failure(stopped());
  rehearsal.paths = watch.paths();
  const auto again = run.plan();
  if (!again) return failure(again.error());
  for (const Action& action : again->actions) {
    if (action.operation != Operation::unchanged) rehearsal.left.push_back(action.address);
  }
  return rehearsal;
}

}  // namespace mesh::rehearse
