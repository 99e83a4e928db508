#include "engine/cli/pipeline.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <future>
#include <sstream>

#include "engine/cli/files.h"
#include "engine/cli/system_clock.h"
#include "engine/load/load_spec.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/same_cluster.h"
#include "engine/plan/select.h"
#include "engine/refresh/refresh.h"
#include "engine/render/render_diagnostics.h"
#include "engine/state/git_store.h"
#include "providers/istio/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/platform/platforms.h"

namespace mesh::cli {
namespace {

std::filesystem::path folder_of(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

/// A cluster that an earlier spec described. The text passed its checks when it was applied; should it fail them now (a
/// newer mesh, a changed platform), the cluster cannot be reached any more and is only reported.
void add_removed(Workspace& workspace, const std::string& name, const std::string& spec_text, const Options& options) {
  const auto earlier =
      load_spec({.name = "last snapshot: spec.toml", .bytes = spec_text, .folder = folder_of(options.spec_file)},
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
Result<std::optional<Snapshot>> find_removed(Workspace& workspace, const Options& options) {
  const auto gone = [&](const std::string& name) { return !workspace.spec.clusters.contains(name); };
  if (!workspace.last || std::none_of(workspace.last->clusters.begin(), workspace.last->clusters.end(), gone))
    return std::nullopt;
  auto snapshot = workspace.store->read(*workspace.last);
  if (!snapshot) return failure(std::move(snapshot.error()));
  for (const auto& [name, cluster] : snapshot->clusters) {
    if (!gone(name)) continue;
    const auto tombstone = snapshot->removed_specs.find(name);
    if (tombstone != snapshot->removed_specs.end()) {
      add_removed(workspace, name, tombstone->second, options);
    } else if (!cluster.objects.empty()) {
      add_removed(workspace, name, snapshot->spec_text, options);
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

void report_reading(const Workspace& workspace, Env& env) {
  for (const auto& [name, cluster] : workspace.live.clusters) {
    if (cluster.left_out()) continue;
    fmt::print(env.err, "{}: {} {}, {} objects\n", name, cluster.server,
               cluster.unreachable() != nullptr ? "unreachable" : cluster.server_version, cluster.found.size());
  }
}

std::unique_ptr<Provider> provider_of(const Workspace& workspace, const std::map<std::string, ClusterSpec>& clusters,
                                      const Budgets& budgets, const Env& env) {
  return istio::make_provider(workspace.spec.mesh, clusters, *workspace.clients, env.clock, {.ready = budgets.ready});
}

/// Adds what the clusters answer to the world.
void read_clusters(Workspace& workspace, const std::map<std::string, ClusterSpec>& clusters, const Options& options,
                   const Budgets& budgets, const Concerns& concerns, const Env& env,
                   const std::function<void()>& meanwhile = {}) {
  RefreshLimits limits{.budget = budgets.read};
  if (options.parallelism > 0) limits.parallelism = options.parallelism;
  for (const auto& [name, cluster] : clusters) {
    if (!concerns(name)) limits.left_out.insert(name);
  }
  workspace.live.clusters.merge(
      refresh(clusters, *workspace.provider, env.clock, limits, env.stop, meanwhile).clusters);
}

}  // namespace

Budgets read_budgets(const Options& options) {
  Budgets budgets;
  budgets.read = options.timeout.value_or(budgets.read);
  return budgets;
}

Budgets write_budgets(const Options& options) {
  Budgets budgets;
  budgets.ready = options.timeout.value_or(budgets.ready);
  budgets.read = std::max(budgets.read, options.timeout.value_or(budgets.read));
  return budgets;
}

Concerns chosen_by(const Options& options) {
  return [only = options.only](const std::string& cluster) { return leaves_any_of(cluster, only, {}); };
}

Result<Spec> read_spec(const Options& options) {
  auto bytes = read_file(options.spec_file);
  if (!bytes) return failure(std::move(bytes.error()));
  return load_spec({.name = options.spec_file, .bytes = std::move(*bytes), .folder = folder_of(options.spec_file)},
                   platform::all());
}

Result<Workspace> open_workspace(const Options& options, const Budgets& budgets, const Concerns& concerns,
                                 std::unique_ptr<SnapshotStore>& store, Env& env) {
  // What its libraries prepare when they are first used takes as long as the spec does.
  auto clients = std::async(std::launch::async, env.client_factory);
  auto spec = read_spec(options);
  if (!spec) return failure(std::move(spec.error()));
  Workspace workspace;
  workspace.spec = std::move(*spec);
  workspace.clients = clients.get();
  Result<std::optional<SnapshotStore::Head>> last;
  workspace.provider = provider_of(workspace, workspace.spec.clusters, budgets, env);
  // Not before the clusters are asked: libgit2 first reads all authorities of the system.
  read_clusters(workspace, workspace.spec.clusters, options, budgets, concerns, env, [&] {
    store = make_git_store(workspace.spec.state.repo, workspace.spec.mesh.name, workspace.spec.state.remote, env.clock,
                           {.stop = env.stop});
    workspace.store = store.get();
    last = store->last(workspace.diagnostics);
  });
  if (!last) return failure(std::move(last.error()));
  workspace.last = std::move(*last);
  const auto snapshot = find_removed(workspace, options);
  if (!snapshot) return failure(snapshot.error());
  if (!workspace.removed.empty()) {
    std::map<std::string, ClusterSpec> clusters = workspace.spec.clusters;
    clusters.insert(workspace.removed.begin(), workspace.removed.end());
    workspace.provider = provider_of(workspace, clusters, budgets, env);
    read_clusters(workspace, workspace.removed, options, budgets, concerns, env);
    forget_strangers(workspace, **snapshot);
    find_renamed(workspace, **snapshot);
  }
  if (options.verbose) report_reading(workspace, env);
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

DesiredState desired_of(const Workspace& workspace, Intent intent, const Concerns& concerns) {
  return istio::desired(workspace.spec, platform::all(), workspace.live, workspace.removed, intent, concerns);
}

Result<Plan> plan_workspace(const Workspace& workspace, const DesiredState& desired, Intent intent,
                            const Options& options) {
  auto plan = make_plan({.mesh = workspace.spec.mesh.name,
                         .spec_digest = workspace.spec.digest,
                         .intent = intent,
                         .desired = desired,
                         .live = workspace.live,
                         .schemas = kubernetes::field_schemas(),
                         .only = options.only,
                         .exclude = options.exclude});
  if (!plan) return plan;
  plan->diagnostics.insert(plan->diagnostics.begin(), workspace.diagnostics.begin(), workspace.diagnostics.end());
  append(plan->diagnostics, clusters_named_twice(workspace.spec, workspace.live, options.only, options.exclude));
  return plan;
}

void print_diagnostics(const Diagnostics& diagnostics, const Options& options, Env& env, const Spec* spec) {
  if (diagnostics.empty()) return;
  const SourceLine line = [&](const Position& position) -> std::optional<std::string> {
    if (position.file != options.spec_file || position.line == 0) return std::nullopt;
    std::string text;
    if (spec != nullptr) {
      text = spec->text;
    } else if (auto bytes = read_file(options.spec_file)) {
      text = std::move(*bytes);
    }
    std::istringstream lines(text);
    std::string found;
    for (std::size_t number = 0; number < position.line; ++number) {
      if (!std::getline(lines, found)) return std::nullopt;
    }
    return found;
  };
  env.err << render_diagnostics(diagnostics, options.err_color, line);
}

int fail(const Diagnostics& diagnostics, const Options& options, Env& env) {
  print_diagnostics(diagnostics, options, env);
  const bool usage = std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& found) {
    return found.code == Code::usage || found.code == Code::no_such_address;
  });
  return usage ? exit_usage : exit_failed;
}

}  // namespace mesh::cli
