#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/checks/check.h"
#include "engine/workspace/env.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// The catalogue of checks.
std::vector<CheckInfo> all_checks();

/// Reads what the checks need of the clusters that the workspace read, and makes them. `depth`: everything, or
/// effective. Errors: usage (an id that no check has, a glob that covers no cluster), cancelled.
Result<CheckReport> check_workspace(const Workspace& workspace, CheckDepth depth, const std::set<std::string>& skipped,
                                    const Env& env);

}  // namespace mesh
