#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/check.h"

namespace mesh {

inline constexpr const char* check_report_format = "mesh.check/v1";

/// The document mesh.check/v1.
std::string encode_check(const CheckReport& report);

/// The catalogue alone, as the document's `checks`.
std::string encode_checks(const std::vector<CheckInfo>& checks);

}  // namespace mesh
