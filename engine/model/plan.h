#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/action.h"
#include "engine/model/cluster_uids.h"

namespace mesh {

/// What the plan is for: reaching the spec, or taking everything of ours away.
enum class Intent { apply, destroy };

struct PlannedCluster {
  std::string name = {};
  bool reachable = false;
  std::string server_version = {};
  /// An apply of this plan to any other cluster is refused.
  ClusterUids uids = {};
  /// Why it could not be read.
  Diagnostics error = {};

  bool operator==(const PlannedCluster&) const = default;
};

/// Everything an apply depends_on. Never edited after make_plan or the decoder made it.
struct Plan {
  std::string mesh = {};
  std::string spec_digest = {};
  Intent intent = Intent::apply;
  /// Every cluster was read, and no action is unknown.
  bool complete = true;
  /// The globs that chose the actions; empty: all.
  std::vector<std::string> only = {};
  std::vector<std::string> exclude = {};
  std::vector<PlannedCluster> clusters = {};
  /// In dependency order: each after all it depends_on; ties by address. Unchanged actions included.
  std::vector<Action> actions = {};
  Diagnostics diagnostics = {};

  bool operator==(const Plan&) const = default;
};

struct Summary {
  std::size_t create = 0, update = 0, replace = 0, delete_ = 0, unchanged = 0, unknown = 0;

  bool operator==(const Summary&) const = default;
};

/// Counts actions by operation.
Summary summarize(const Plan& plan);

/// Whether an apply would write anything.
bool has_changes(const Plan& plan);

}  // namespace mesh
