#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/check.h"
#include "engine/render/style.h"

namespace mesh {

/// What was found, cluster by cluster: what was read, what it means, what to do; the numbers at the end.
std::string render_check(const CheckReport& report, Color color);

/// The catalogue: id, severity, and what the check looks at.
std::string render_checks(const std::vector<CheckInfo>& checks, Color color);

}  // namespace mesh
