#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/checks/check.h"
#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/spec.h"
#include "engine/port/log.h"
#include "engine/port/provider.h"
#include "engine/port/snapshot_store.h"
#include "engine/workspace/env.h"
#include "engine/workspace/open_log.h"

namespace mesh {

/// How long things may take.
struct Budgets {
  /// One cluster's answers.
  std::chrono::milliseconds read{15'000};
  /// One action, until what it wrote is ready.
  std::chrono::milliseconds ready{300'000};
  /// What is fetched from the remote of the state, and what is pushed to it.
  std::chrono::milliseconds remote{60'000};
};

/// What a workspace is opened for.
struct WorkspaceRequest {
  std::string spec_file = "mesh.toml";
  Intent intent = Intent::apply;
  /// Globs that choose the actions of the plan; empty: all.
  std::vector<std::string> only = {};
  std::vector<std::string> exclude = {};
  /// Clusters that are read; nothing: those of which `only` leaves any action.
  std::optional<std::set<std::string>> clusters = std::nullopt;
  /// Ids of checks that the plan leaves out; nothing: it makes none.
  std::optional<std::set<std::string>> skipped_checks = std::nullopt;
  /// Clusters that may be others than in the last snapshot, and clusters whose kubeconfigs are opened though only the
  /// state names them.
  std::set<std::string> accepted = {};
  std::set<std::string> reach = {};
  bool allow_mass_removal = false;
  /// Where [policy] max_changes allows fewer.
  std::size_t allowed_changes = 0;
  /// The snapshot whose spec is meant, as a revision; nothing: the spec as it is now.
  std::optional<std::string> rollback_to = std::nullopt;
  Budgets budgets = {};
  /// How long to wait for clusters that another run has locked.
  std::chrono::milliseconds lock_timeout{0};
  /// Whether all objects of the last snapshot are read, also those that nothing desires any more.
  bool all_recorded = false;
  /// Clusters or actions worked on at once; 0: as many as is usual.
  int parallelism = 0;
  /// As in ApplyLimits.
  int max_failures = 0;
  int batch = 0;
  LogRequest log = {};
};

/// What plan, apply, destroy and drift start from: the spec, the last snapshot, what every cluster answered. Destroyed
/// like any value; see `leave` for how a command ends without that.
struct Workspace {
  WorkspaceRequest request = {};
  Spec spec = {};
  std::unique_ptr<SnapshotStore> store = {};
  std::optional<SnapshotStore::Head> last = {};
  /// Clusters of the last snapshot that the spec does not name any more and that are not clean.
  std::map<std::string, ClusterSpec> removed = {};
  /// Null: nothing is logged. The clients and the provider use it, the provider uses the clients.
  std::unique_ptr<Log> log = {};
  std::unique_ptr<kubernetes::ClientFactory> clients = {};
  std::unique_ptr<Provider> provider = {};
  LiveState live = {};
  /// Clusters of the last snapshot with their objects, where `read_recorded` read it.
  std::map<std::string, ClusterSnapshot> recorded = {};
  /// What the checks of a plan look at, where the request asks for them, and when all that was read (RFC 3339, UTC).
  std::map<std::string, CheckReading> checks = {};
  std::string read_at = {};
  Diagnostics diagnostics = {};
};

/// A plan, and the desired state that it leads to.
struct Planned {
  DesiredState desired;
  Plan plan;
};

/// Reads and checks a spec. Errors: file_not_readable, and those of load_spec.
Result<Spec> read_spec(const std::string& file);

/// Reads the spec (a rollback: then that of the snapshot), the state (fetched) and all clusters that matter at once.
/// Writes nothing. Errors: those of read_spec and open_log, usage for names that neither spec nor state has,
/// state_unusable, unknown_revision, cancelled.
Result<Workspace> open_workspace(WorkspaceRequest request, Env& env);

/// All of the last snapshot; nothing when there is none. Errors: state_unusable, snapshot_invalid.
Result<std::optional<Snapshot>> last_snapshot(const Workspace& workspace);

/// What the spec, or the intent to destroy, asks for; clusters of which `only` leaves nothing as bare addresses.
DesiredState desired_state(const Workspace& workspace);

/// The plan that the request asks for. The workspace's diagnostics are part of the plan's.
Result<Planned> plan_workspace(const Workspace& workspace);

/// The last words of a command that has a workspace: closes its store, which may have a temporary folder to remove, and
/// ends the process where `env` can, before the rest is destroyed: to free some hundred thousand values one by one
/// takes as long as to plan them. Returns the code otherwise.
int leave(Workspace& workspace, int code, Env& env);

/// What a command reports that was stopped before it changed anything.
Diagnostic stopped();

}  // namespace mesh
