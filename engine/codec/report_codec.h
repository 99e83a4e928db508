#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/model/report.h"

namespace mesh {

/// The document mesh.report/v1.
std::string encode_report(const Report& report);

}  // namespace mesh
