#pragma once

#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// What is wrong with ids of checks that are to be left out: usage, for one that no check has.
Diagnostics unknown_checks(const std::set<std::string>& ids);

/// What the checks of a plan found, as diagnostics of the code check_fired: a finding that is an error refuses the
/// plan, as an error of its own does, where it concerns a cluster in which the plan writes; elsewhere it is a warning.
/// Of clusters that the request leaves out nothing is said. Empty where it asks for no checks.
Diagnostics checks_of_plan(const Workspace& workspace, const Plan& plan);

}  // namespace mesh
