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
#include "engine/workspace/guardrails.h"
#include "engine/workspace/log_decisions.h"
#include "engine/workspace/plan_checks.h"
#include "engine/workspace/recorded_objects.h"
#include "engine/workspace/removed_clusters.h"
#include "providers/istio/desired/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

/// A name that leads to another cluster than it did says nothing of the one that is meant.
void forget_strangers(Workspace& workspace) {
  if (!workspace.last) return;
  const LastClusters& last = workspace.last->clusters;
  for (auto& [name, state] : workspace.live.clusters) {
    if (workspace.request.accepted.contains(name) || !leads_elsewhere(state, last)) continue;
    state = {.name = name, .reading = Unreachable{{report_elsewhere(state, workspace.spec, last)}}};
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
Result<void> read_removed(Workspace& workspace, const Spec& present, const Env& env) {
  const auto snapshot = find_removed(workspace);
  if (!snapshot) return failure(snapshot.error());
  if (workspace.removed.empty()) return {};
  const auto readable = readable_clusters(workspace, workspace.removed, present);
  std::map<std::string, ClusterSpec> clusters = workspace.spec.clusters;
  clusters.insert(workspace.removed.begin(), workspace.removed.end());
  workspace.provider = provider_of(workspace, clusters, env);
  read_clusters(workspace, readable, env);
  forget_strangers(workspace);
  find_renamed(workspace, **snapshot);
  return {};
}

/// Names that a flag gives and that nothing has.
Diagnostics unknown_names(const Workspace& workspace) {
  Diagnostics problems;
  const auto look_for = [&](const std::set<std::string>& names, const char* flag) {
    for (const std::string& name : names) {
      if (workspace.spec.clusters.contains(name)) continue;
      if (workspace.last && workspace.last->clusters.contains(name)) continue;
      problems.push_back({.code = Code::usage,
                          .summary = "no cluster has such a name",
                          .cause = fmt::format("{} `{}`", flag, name),
                          .hint = "the spec and the last snapshot name the clusters"});
    }
  };
  look_for(workspace.request.accepted, "--accept-new-cluster");
  look_for(workspace.request.reach, "--reach");
  return problems;
}

/// What a person protected stays so when only the line is gone.
void keep_protected(Workspace& workspace) {
  if (!workspace.last) return;
  for (auto& [name, cluster] : workspace.spec.clusters) {
    const auto recorded = workspace.last->clusters.find(name);
    if (recorded != workspace.last->clusters.end()) cluster.protect = cluster.protect || recorded->second.protect;
  }
}

void open_store(Workspace& workspace, Env& env) {
  const StateSpec& state = workspace.spec.state;
  workspace.store = make_git_store(state.repo, workspace.spec.mesh.name, state.remote, env.clock,
                                   {.budget = workspace.request.budgets.remote, .stop = env.stop});
}

/// Puts the spec of the snapshot in the place of the present one; where the state is and what the policy allows stays.
Result<void> take_spec_of_snapshot(Workspace& workspace) {
  const std::string& revision = *workspace.request.rollback_to;
  const auto stored = workspace.store->at(revision);
  if (!stored) return failure(stored.error());
  auto spec = load_spec({.name = fmt::format("snapshot {:.12}: spec.toml", stored->commit),
                         .bytes = stored->snapshot.spec_text,
                         .folder = folder_of(workspace.request.spec_file)},
                        platform::all());
  if (!spec) return failure(std::move(spec.error()));
  spec->state = workspace.spec.state;
  spec->policy = workspace.spec.policy;
  workspace.spec = std::move(*spec);
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
  workspace.spec = *spec;
  const bool back = workspace.request.rollback_to.has_value();
  Result<std::optional<SnapshotStore::Head>> last;
  const auto read_state = [&] {
    open_store(workspace, env);
    last = workspace.store->last(workspace.diagnostics);
  };
  if (back) {
    read_state();
    if (!last) return failure(std::move(last.error()));
    if (auto taken = take_spec_of_snapshot(workspace); !taken) return failure(std::move(taken.error()));
  }
  const auto clusters = back ? readable_clusters(workspace, workspace.spec.clusters, *spec) : workspace.spec.clusters;
  workspace.provider = provider_of(workspace, workspace.spec.clusters, env);
  workspace.read_at = rfc3339(env.clock.wall());
  // Not before the clusters are asked: libgit2 first reads all authorities of the system.
  read_clusters(workspace, clusters, env, back ? std::function<void()>() : read_state);
  if (!last) return failure(std::move(last.error()));
  workspace.last = std::move(*last);
  keep_protected(workspace);
  if (auto unknown = unknown_names(workspace); !unknown.empty()) return failure(std::move(unknown));
  forget_strangers(workspace);
  if (auto read = read_removed(workspace, *spec, env); !read) return failure(std::move(read.error()));
  if (auto read = read_recorded(workspace, env); !read) return failure(std::move(read.error()));
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
  DesiredState desired = istio::desired(
      workspace.spec, platform::all(), workspace.live, workspace.removed, workspace.request.intent, workspace.recorded,
      [&](const std::string& cluster) { return is_chosen_cluster(workspace, cluster); });
  if (workspace.last) accept_rewritten(desired, workspace.last->rewritten);
  return desired;
}

Result<Planned> plan_workspace(const Workspace& workspace) {
  const WorkspaceRequest& request = workspace.request;
  DesiredState desired = desired_state(workspace);
  for (auto& [name, problems] : clusters_named_twice(workspace.spec, workspace.live, request.only, request.exclude)) {
    append(desired.of_cluster[name], std::move(problems));
  }
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
  append(plan->diagnostics, nothing_chosen(*plan));
  take_checks(workspace, *plan);
  append(plan->diagnostics, guardrails(workspace, *plan));
  log_plan(workspace, *plan);
  return Planned{std::move(desired), std::move(*plan)};
}

int leave(Workspace& workspace, int code, Env& env) {
  workspace.store.reset();
  if (env.end_process) env.end_process(code);
  return code;
}

}  // namespace mesh
