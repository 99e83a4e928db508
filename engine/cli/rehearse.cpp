#include "engine/cli/rehearse.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/apply_plan.h"
#include "engine/cli/cluster_copy.h"
#include "engine/cli/copied_status.h"
#include "engine/cli/injected_networks.h"
#include "engine/cli/path_watch.h"
#include "engine/cli/sim_fleet.h"
#include "engine/jobs/files.h"
#include "engine/refresh/refresh.h"
#include "engine/state/scratch_folder.h"
#include "providers/istio/istio_provider.h"
#include "providers/istio/names.h"
#include "providers/simulator/istio/install/install.h"

namespace mesh::cli {
namespace {

using simulator::Fleet;

constexpr std::chrono::seconds patience{10};

Diagnostic not_read(const std::string& cluster) {
  return {.code = Code::incomplete,
          .where = fmt::format("cluster {}", cluster),
          .summary = "plan cannot be rehearsed",
          .cause = "the cluster could not be read, so there is nothing to copy",
          .hint = "see to the cluster, then plan again"};
}

std::map<std::string, ClusterSpec> all_clusters(const Workspace& workspace) {
  std::map<std::string, ClusterSpec> clusters = workspace.spec.clusters;
  clusters.insert(workspace.removed.begin(), workspace.removed.end());
  return clusters;
}

/// Times that nobody has to wait for.
simulator::workspace::Delays quick() {
  using std::chrono::milliseconds;
  return {.controller = milliseconds(1),
          .pod_start = milliseconds(5),
          .pod_ready = milliseconds(5),
          .pod_stop = milliseconds(5),
          .load_balancer = milliseconds(20),
          .sync = milliseconds(10)};
}

/// A world in which the clusters are simulated ones, read as the real ones are.
class RehearsalFleet {
 public:
  RehearsalFleet(const Workspace& real, Env& env) : real_(real), env_(env) {}

  Result<void> set_up() {
    Spec fleet_spec = real_.spec;
    fleet_spec.clusters = all_clusters(real_);
    auto settings = fleet_settings({}, fleet_spec);
    if (!settings) return failure(std::move(settings.error()));
    settings->delays = quick();
    status_ = status_of(real_.live, real_.spec.mesh.system_namespace);
    for (const CopiedStatus& kept : status_.kept) settings->faults.push_back(kept.fault);
    const auto networks = injected_networks(real_, fleet_spec.clusters, env_, status_.assumed);
    for (simulator::FleetCluster& cluster : settings->clusters) {
      const ClusterState& live = real_.live.clusters.at(cluster.name);
      const auto revision = revision_of(live);
      if (!revision) {
        cluster.istio.reset();
        continue;
      }
      cluster.istio->revision = *revision;
      cluster.istio->network = networks.at(cluster.name);
    }
    auto fleet = Fleet::start(std::move(*settings), env_.clock);
    if (!fleet) return failure(std::move(fleet.error()));
    fleet_ = std::move(*fleet);
    if (auto made = write_kubeconfigs(); !made) return made;
    if (auto made = add_samples(); !made) return made;
    return load_copy(*fleet_, fleet_spec, copy_of(real_.live, fleet_spec.clusters), env_.clock, env_.stop);
  }

  /// Reads the simulated clusters and plans.
  Result<Plan> plan() {
    const auto clusters = all_clusters(world_);
    world_.clients = env_.client_factory(real_.log.get());
    world_.provider =
        istio::make_provider(world_.spec.mesh, clusters, *world_.clients, env_.clock, {.ready = patience});
    world_.live = refresh(clusters, *world_.provider, env_.clock, {.budget = patience}, env_.stop);
    auto planned = plan_workspace(world_);
    if (!planned) return failure(std::move(planned.error()));
    return std::move(planned->plan);
  }

  Fleet& fleet() { return *fleet_; }
  const StatusCopy& status() const { return status_; }
  Provider& provider() { return *world_.provider; }

 private:
  Result<void> write_kubeconfigs() {
    if (dir_.path().empty()) {
      return failure(Diagnostic{.code = Code::file_not_writable,
                                .summary = "folder cannot be made",
                                .cause = "no folder for temporary files may be written to",
                                .hint = "set TMPDIR"});
    }
    world_.spec = real_.spec;
    world_.removed = real_.removed;
    world_.spec.mesh.local_api_servers = true;
    for (auto* clusters : {&world_.spec.clusters, &world_.removed}) {
      for (auto& [name, cluster] : *clusters) {
        const auto file = dir_.path() / (name + ".kubeconfig");
        if (auto written = write_file(file, fleet_->kubeconfig(name)); !written) return written;
        cluster.kubeconfig = {file};
        cluster.context.clear();
        cluster.api_server.reset();
      }
    }
    return {};
  }

  Result<void> add_samples() {
    for (const auto& [name, cluster] : all_clusters(world_)) {
      const auto revision = revision_of(real_.live.clusters.at(name));
      if (!revision) continue;
      for (const nlohmann::json& object : simulator::workspace::sample_objects(*revision, {"v1", "v2"})) {
        if (auto put = apply_object(*fleet_, name, object, "rehearsal"); !put) return put;
      }
    }
    return {};
  }

  const Workspace& real_;
  Env& env_;
  ScratchFolder dir_;
  std::unique_ptr<Fleet> fleet_;
  StatusCopy status_;
  Workspace world_;
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

Result<Rehearsal> rehearse(const Workspace& workspace, const Plan& plan, Env& env) {
  Diagnostics unread;
  for (const auto& [name, state] : workspace.live.clusters) {
    if (!state.answered() && state.renamed_to() == nullptr) unread.push_back(not_read(name));
  }
  if (!unread.empty()) return failure(std::move(unread));
  RehearsalFleet fleet(workspace, env);
  if (auto ready = fleet.set_up(); !ready) return failure(std::move(ready.error()));
  PathWatch watch(fleet.fleet(), env.clock);
  watch.settle(patience, env.stop);
  auto simulated = fleet.plan();
  if (!simulated) return failure(std::move(simulated.error()));
  Rehearsal rehearsal{.clusters = all_clusters(workspace).size(),
                      .planned_otherwise = otherwise(plan, *simulated),
                      .assumed = fleet.status().assumed};
  StatusWatch progress(watch, fleet.fleet().faults(), *simulated, fleet.status().kept);
  watch.begin();
  rehearsal.report = apply_plan(*simulated, fleet.provider(), progress, env.clock, {}, env.stop);
  watch.end();
  watch.settle(patience, env.stop);
  if (env.stop.stop_requested()) return failure(stopped());
  rehearsal.paths = watch.paths();
  const auto again = fleet.plan();
  if (!again) return failure(again.error());
  for (const Action& action : again->actions) {
    if (action.operation != Operation::unchanged) rehearsal.left.push_back(action.address);
  }
  return rehearsal;
}

}  // namespace mesh::cli
