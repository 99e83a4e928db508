#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/model/desired_state.h"
#include "engine/model/plan.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// A plan from a file, mesh.plan/v1.
struct SavedPlan {
  std::string file;
  std::string bytes;
  Plan plan;
};

/// Errors: file_not_readable, and those of decode_plan.
Result<SavedPlan> read_saved_plan(const std::string& file);

/// Whether actions whose preconditions have changed are skipped, and the rest is carried out.
enum class Moved { refuse, skip };

/// What of a saved plan can be carried out.
struct CheckedPlan {
  Plan plan;
  std::string bytes;
  DesiredState desired;
  /// Warnings: what is skipped and why, and those of a plan made now.
  Diagnostics warnings;
};

/// Compares a saved plan with one made now (compare_plans): the file approves, and nothing of it is carried out as it
/// stands there. `digest`: `sha256:HEX` of the plan that was approved; empty: any. Errors: spec_changed, plan_invalid,
/// ground_moved, and those of plan_workspace.
Result<CheckedPlan> check_saved_plan(const SavedPlan& saved, const std::string& digest, const Workspace& workspace,
                                     Moved moved);

/// Plans again what was approved a moment ago and not saved. All that a plan made now wants otherwise, or beside it, is
/// refused by name: another run was there meanwhile. Errors: ground_moved, and those of plan_workspace.
Result<CheckedPlan> plan_again(const CheckedPlan& approved, const Workspace& workspace);

}  // namespace mesh
