#pragma once

#include <functional>

#include "engine/workspace/console.h"
#include "engine/workspace/env.h"
#include "engine/workspace/saved_plan.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// What was approved, planned again from what was read since. Errors: what moved.
using PlanAgain = std::function<Result<CheckedPlan>(const CheckedPlan& approved)>;

/// Applies the plan with live progress, prints the report, records the snapshot. Where the plan writes, it first locks
/// the clusters that it concerns, reads them again and carries out what `again` makes of that. Returns the command's
/// exit code.
int carry_out(Workspace& workspace, CheckedPlan what, const PlanAgain& again, Console& console, Env& env);

}  // namespace mesh
