#pragma once

#include "engine/base/result.h"
#include "engine/model/rehearsal.h"
#include "engine/workspace/env.h"
#include "engine/workspace/workspace.h"

namespace mesh::cli {

/// Copies what was read into simulated clusters, carries the plan out there, and watches meanwhile which workloads
/// reach which: HelloWorld and Sleep run in every one of them. Nothing is written anywhere else. Errors: incomplete (a
/// cluster could not be read), those of the fleet and of load_copy, cancelled.
Result<Rehearsal> rehearse(const Workspace& workspace, const Plan& plan, Env& env);

}  // namespace mesh::cli
