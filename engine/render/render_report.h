#pragma once

#include <string>

#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/render/style.h"

namespace mesh {

/// What an apply did: failed, skipped and cancelled actions with reason, then the counts, the time and the snapshot.
std::string render_report(const Report& report, Color color);

}  // namespace mesh
