#pragma once

#include "engine/cli/env.h"
#include "engine/cli/options.h"
#include "engine/cli/pipeline.h"
#include "engine/model/desired_state.h"
#include "engine/model/plan.h"

namespace mesh::cli {

/// Shows the plan and asks, unless told not to. Nothing is asked where there is nothing to do. Errors: not_confirmed.
Result<void> confirm(const Plan& plan, const char* question, const Options& options, Env& env);

/// Applies the plan with live progress, records the snapshot, prints the report. `plan_json`: the plan as the snapshot
/// keeps it, mesh.plan/v1. Returns the command's exit code.
int carry_out(const Workspace& workspace, const DesiredState& desired, const Plan& plan, const std::string& plan_json,
              const Options& options, Env& env);

}  // namespace mesh::cli
