#pragma once

#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// What is wrong with ids of checks that are to be left out: usage, for one that no check has.
Diagnostics unknown_checks(const std::set<std::string>& ids);

/// Adds what the checks of a plan found, as diagnostics of the code check_fired. An error holds back what the plan
/// writes in the cluster that it was seen in, or for the pair of clusters; of the mesh as a whole it refuses the plan.
/// Of clusters that the request leaves out nothing is said. Does nothing where the request asks for no checks.
void take_checks(const Workspace& workspace, Plan& plan);

}  // namespace mesh
