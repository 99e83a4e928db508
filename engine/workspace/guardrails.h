#pragma once

#include "engine/base/diagnostic.h"
#include "engine/model/plan.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// What a plan must not do before a person has said so: take away more than half of the clusters of the last snapshot
/// (mass_removal; `mesh destroy` says it by its name), or write in more actions than [policy] max_changes allows
/// (too_many_changes). Errors.
Diagnostics guardrails(const Workspace& workspace, const Plan& plan);

}  // namespace mesh
