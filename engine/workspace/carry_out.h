#pragma once

#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/plan.h"
#include "engine/workspace/console.h"
#include "engine/workspace/env.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// Applies the plan with live progress, records the snapshot, prints the report. `plan_json`: the plan as the snapshot
/// keeps it, mesh.plan/v1. Returns the command's exit code.
int carry_out(const Workspace& workspace, const DesiredState& desired, const Plan& plan, const std::string& plan_json,
              Console& console, Env& env);

}  // namespace mesh
