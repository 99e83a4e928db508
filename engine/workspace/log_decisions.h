#pragma once

#include "engine/model/report.h"
#include "engine/workspace/workspace.h"

namespace mesh {

// What was decided, and why, as entries of the level `decisions`. Nothing where the workspace has no log.

/// The spec, the last snapshot, and what each cluster answered.
void log_opened(const Workspace& workspace);
/// Each action with its operation and the reason for it.
void log_plan(const Workspace& workspace, const Plan& plan);
/// What became of each action, and the snapshot.
void log_report(const Workspace& workspace, const Report& report);

}  // namespace mesh
