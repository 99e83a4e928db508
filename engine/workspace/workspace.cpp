#include "engine/workspace/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

#include "engine/base/time.h"
#include "engine/jobs/files.h"
#include "engine/load/load_spec.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/rewritten_fields.h"
#include "engine/plan/same_cluster.h"
#include "engine/plan/select.h"
#include "engine/refresh/refresh.h"
#include "engine/state/git_store.h"
#include "engine/workspace/log_decisions.h"
#include "engine/workspace/plan_checks.h"
#include "providers/istio/desired/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

std::filesystem::path folder_of(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

/// A cluster that an earlier spec described. The text passed its checks when it was applied; should it fail them now (a
/// newer mesh, a changed platform), the cluster cannot be reached any more and is only reported.
void add_removed(Workspace& workspace, const std::string& name, const std::string& spec_text) {
  const auto earlier = load_spec(
      {.name = "last snapshot: spec.toml", .bytes = spec_text, .folder = folder_of(workspace.request.spec_file)},
      platform::all());
  if (earlier && earlier->clusters.contains(name)) {
    workspace.removed.emplace(name, earlier->clusters.at(name));
    return;
  }
  workspace.diagnostics.push_back(
      {.code = Code::incomplete,
       .severity = Severity::warning,
       .where = fmt::format("cluster {}", name),
       .summary = "removed cluster cannot be read",
       .cause = "the last snapshot holds objects of it, but its spec there is not valid any more",
       .hint = "put the cluster back into the spec, destroy its part, then remove it"});
}

/// Names of the last snapshot that the spec lacks. Brings the snapshot; nothing when it lacks none.
Result<std::optional<Snapshot>> find_removed(Workspace& workspace) {
  const auto gone = [&](const std::string& name) { return !workspace.spec.clusters.contains(name); };
  if (!workspace.last || std::none_of(workspace.last->clusters.begin(), workspace.last->clusters.end(), gone))
    return std::nullopt;
  auto snapshot = workspace.store->read(*workspace.last);
  if (!snapshot) return failure(std::move(snapshot.error()));
  for (const auto& [name, cluster] : snapshot->clusters) {
    if (!gone(name)) continue;
    const auto tombstone = snapshot->removed_specs.find(name);
    if (tombstone != snapshot->removed_specs.end()) {
      add_removed(workspace, name, tombstone->second);
    } else if (!cluster.objects.empty()) {
      add_removed(workspace, name, snapshot->spec_text);
    }
  }
  return std::optional<Snapshot>(std::move(*snapshot));
}

/// A name that leads to another cluster than it did says nothing of the one that is gone from the spec.
void forget_strangers(Workspace& workspace, const Snapshot& last) {
  for (const auto& [name, unused] : workspace.removed) {
    const auto found = workspace.live.clusters.find(name);
    if (found == workspace.live.clusters.end() || !leads_elsewhere(found->second, last)) continue;
    found->second = {.name = name, .reading = Unreachable{{report_elsewhere(found->second, workspace.spec, last)}}};
  }
}

/// A cluster that only got another name keeps what it has: its old name is not one to be taken away.
void find_renamed(Workspace& workspace, const Snapshot& last) {
  for (const auto& [old_name, name] : renamed_clusters(workspace.spec, workspace.removed, last, workspace.live)) {
    mark_renamed(workspace.live.clusters.at(old_name), name);
    workspace.removed.erase(old_name);
    workspace.diagnostics.push_back(report_renamed(old_name, name, workspace.spec, workspace.live));
  }
}

std::unique_ptr<Provider> provider_of(const Workspace& workspace, const std::map<std::string, ClusterSpec>& clusters,
                                      const Env& env) {
  return istio::make_provider(
      workspace.spec.mesh, clusters, *workspace.clients, env.clock,
      {.ready = workspace.request.budgets.ready, .dial_gateways = !workspace.spec.mesh.local_api_servers});
}

/// Whether the plan may have any action of the cluster.
bool is_chosen_cluster(const Workspace& workspace, const std::string& cluster) {
  return leaves_any_of(cluster, workspace.request.only, {});
}

bool is_read(const Workspace& workspace, const std::string& cluster) {
  const auto& named = workspace.request.clusters;
  return named ? named->contains(cluster) : is_chosen_cluster(workspace, cluster);
}

/// Adds what the clusters answer.
void read_clusters(Workspace& workspace, const std::map<std::string, ClusterSpec>& clusters, const Env& env,
                   const std::function<void()>& meanwhile = {}) {
  RefreshLimits limits{.budget = workspace.request.budgets.read};
  if (workspace.request.parallelism > 0) limits.parallelism = workspace.request.parallelism;
  for (const auto& [name, cluster] : clusters) {
    if (!is_read(workspace, name)) limits.left_out.insert(name);
  }
  auto* checks = workspace.request.skipped_checks ? &workspace.checks : nullptr;
  workspace.live.clusters.merge(
      refresh(clusters, *workspace.provider, env.clock, limits, env.stop, meanwhile, checks).clusters);
}

/// Reads clusters that the spec names no more and that may hold something of ours.
Result<void> read_removed(Workspace& workspace, const Env& env) {
  const auto snapshot = find_removed(workspace);
  if (!snapshot) return failure(snapshot.error());
  if (workspace.removed.empty()) return {};
  std::map<std::string, ClusterSpec> clusters = workspace.spec.clusters;
  clusters.insert(workspace.removed.begin(), workspace.removed.end());
  workspace.provider = provider_of(workspace, clusters, env);
  read_clusters(workspace, workspace.removed, env);
  forget_strangers(workspace, **snapshot);
  find_renamed(workspace, **snapshot);
  return {};
}

}  // namespace

Result<Spec> read_spec(const std::string& file) {
  auto bytes = read_file(file);
  if (!bytes) return failure(std::move(bytes.error()));
  return load_spec({.name = file, .bytes = std::move(*bytes), .folder = folder_of(file)}, platform::all());
}

Result<Workspace> open_workspace(WorkspaceRequest request, Env& env) {
  if (request.skipped_checks) {
    if (auto unknown = unknown_checks(*request.skipped_checks); !unknown.empty()) return failure(std::move(unknown));
  }
  auto log = open_log(request.log, env.log_lines, env.clock);
  if (!log) return failure(std::move(log.error()));
  // What its libraries prepare when they are first used takes as long as the spec does. Deferred: where no thread can
  // be had.
  auto clients = std::async(std::launch::async | std::launch::deferred, env.client_factory, log->get());
  auto spec = read_spec(request.spec_file);
  Workspace workspace{.request = std::move(request), .log = std::move(*log), .clients = clients.get()};
  if (!spec) return failure(std::move(spec.error()));
  workspace.spec = std::move(*spec);
  workspace.provider = provider_of(workspace, workspace.spec.clusters, env);
  workspace.read_at = rfc3339(env.clock.wall());
  Result<std::optional<SnapshotStore::Head>> last;
  // Not before the clusters are asked: libgit2 first reads all authorities of the system.
  read_clusters(workspace, workspace.spec.clusters, env, [&] {
    const StateSpec& state = workspace.spec.state;
    workspace.store = make_git_store(state.repo, workspace.spec.mesh.name, state.remote, env.clock,
                                     {.budget = workspace.request.budgets.remote, .stop = env.stop});
    last = workspace.store->last(workspace.diagnostics);
  });
  if (!last) return failure(std::move(last.error()));
  workspace.last = std::move(*last);
  if (auto read = read_removed(workspace, env); !read) return failure(std::move(read.error()));
  if (env.stop.stop_requested()) return failure(stopped());
  log_opened(workspace);
  return workspace;
}

Diagnostic stopped() {
  return {.code = Code::cancelled,
          .summary = "stopped, nothing was changed",
          .cause = "a signal came while the clusters were read",
          .hint = "run the command again"};
}

Result<std::optional<Snapshot>> last_snapshot(const Workspace& workspace) {
  if (!workspace.last) return std::nullopt;
  auto snapshot = workspace.store->read(*workspace.last);
  if (!snapshot) return failure(std::move(snapshot.error()));
  return std::optional<Snapshot>(std::move(*snapshot));
}

DesiredState desired_state(const Workspace& workspace) {
  DesiredState desired =
      istio::desired(workspace.spec, platform::all(), workspace.live, workspace.removed, workspace.request.intent,
                     [&](const std::string& cluster) { return is_chosen_cluster(workspace, cluster); });
  if (workspace.last) accept_rewritten(desired, workspace.last->rewritten);
  return desired;
}

Result<Planned> plan_workspace(const Workspace& workspace) {
  const WorkspaceRequest& request = workspace.request;
  DesiredState desired = desired_state(workspace);
  auto plan = make_plan({.mesh = workspace.spec.mesh.name,
                         .spec_digest = workspace.spec.digest,
                         .intent = request.intent,
                         .desired = desired,
                         .live = workspace.live,
                         .schemas = kubernetes::field_schemas(),
                         .only = request.only,
                         .exclude = request.exclude});
  if (!plan) return failure(std::move(plan.error()));
  plan->diagnostics.insert(plan->diagnostics.begin(), workspace.diagnostics.begin(), workspace.diagnostics.end());
  append(plan->diagnostics, clusters_named_twice(workspace.spec, workspace.live, request.only, request.exclude));
  append(plan->diagnostics, nothing_chosen(*plan));
  append(plan->diagnostics, checks_of_plan(workspace, *plan));
  log_plan(workspace, *plan);
  return Planned{std::move(desired), std::move(*plan)};
}

int leave(Workspace& workspace, int code, Env& env) {
  workspace.store.reset();
  if (env.end_process) env.end_process(code);
  return code;
}

}  // namespace mesh
