#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/env.h"
#include "engine/cli/options.h"
#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/spec.h"
#include "engine/port/provider.h"
#include "engine/port/snapshot_store.h"

namespace mesh::cli {

/// Reads and checks the spec that the options name.
Result<Spec> read_spec(const Options& options);

/// What plan, apply, destroy and drift start from: the spec, the last snapshot, what every cluster answered.
struct Workspace {
  Spec spec;
  SnapshotStore* store = nullptr;
  std::optional<SnapshotStore::Head> last;
  /// Clusters of the last snapshot that the spec does not name any more and that are not clean.
  std::map<std::string, ClusterSpec> removed;
  std::unique_ptr<kubernetes::ClientFactory> clients;
  std::unique_ptr<Provider> provider;
  LiveState live;
  Diagnostics diagnostics;
};

/// How long things may take, unless --timeout says otherwise.
struct Budgets {
  /// One cluster's answers.
  std::chrono::milliseconds read{15'000};
  /// One action, until what it wrote is ready.
  std::chrono::milliseconds ready{300'000};
};

/// What --timeout means to commands that only read, and to those that write: who allows an action more time than
/// reading takes anyway allows it to the reading as well.
Budgets read_budgets(const Options& options);
Budgets write_budgets(const Options& options);

/// Whether anything of a cluster has to be read.
using Concerns = std::function<bool(const std::string& cluster)>;

/// All clusters but those of which `--only` names nothing.
Concerns chosen_by(const Options& options);

/// Spec, then state (fetched), then all clusters that matter at once. Writes nothing. `store` is filled, and has to
/// outlive the world; apart from it, because it may have a folder to clear away, which a kept world never would.
Result<Workspace> open_workspace(const Options& options, const Budgets& budgets, const Concerns& concerns,
                                 std::unique_ptr<SnapshotStore>& store, Env& env);

/// All of the last snapshot; nothing when there is none. Errors: state_unusable, snapshot_invalid.
Result<std::optional<Snapshot>> last_snapshot(const Workspace& workspace);

/// What a command says that was stopped before it did anything.
Diagnostic stopped();

/// What the world should look like; clusters without concern as bare addresses.
DesiredState desired_of(const Workspace& workspace, Intent intent, const Concerns& concerns);

/// The plan for the world, `--only` and `--exclude` applied; the world's diagnostics are part of the plan's.
Result<Plan> plan_workspace(const Workspace& workspace, const DesiredState& desired, Intent intent,
                            const Options& options);

/// Prints diagnostics to env.err, with the spec's lines where they stand in it.
void print_diagnostics(const Diagnostics& diagnostics, const Options& options, Env& env, const Spec* spec = nullptr);

/// Prints them and returns exit_failed (64 for usage).
int fail(const Diagnostics& diagnostics, const Options& options, Env& env);

}  // namespace mesh::cli
