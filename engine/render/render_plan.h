#pragma once

#include <string>

#include "engine/model/plan.h"
#include "engine/render/style.h"

namespace mesh {

/// The plan as a reviewer reads it: per cluster, per action, field by field; unchanged actions only counted; conflicts
/// with manager and time; what interrupts traffic; unreachable clusters; a summary line at the end.
std::string render_plan(const Plan& plan, Color color);

}  // namespace mesh
