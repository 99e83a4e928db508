#pragma once

#include "engine/model/plan.h"
#include "engine/workspace/console.h"
#include "engine/workspace/workspace.h"

namespace mesh::cli {

/// Rehearses the plan and prints what came of it. As JSON it is part of the plan's document, which is printed here
/// then. Returns the rehearsal's part of the exit code.
int report_rehearsal(const Workspace& workspace, const Plan& plan, Console& console, Env& env);

}  // namespace mesh::cli
