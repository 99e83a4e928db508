#pragma once

#include <string>

#include "engine/model/plan.h"
#include "engine/model/report.h"

namespace mesh {

/// What the history says of an apply: `apply: 3 created, 1 updated` (or `destroy: …`), counting what was done.
std::string subject_of(const Plan& plan, const Report& report);

}  // namespace mesh
