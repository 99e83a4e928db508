#pragma once

#include "engine/base/result.h"
#include "engine/model/plan.h"
#include "engine/workspace/console.h"
#include "engine/workspace/env.h"

namespace mesh {

enum class Approval { ask, given };

/// Shows the plan and asks, unless the approval is given. Nothing is asked where there is nothing to do. Errors:
/// plan_invalid, not_confirmed, cancelled.
Result<void> confirm(const Plan& plan, const char* question, Approval approval, Console& console, Env& env);

}  // namespace mesh
