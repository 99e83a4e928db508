#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/model/report.h"

namespace mesh {

inline constexpr const char* report_format = "mesh.report/v1";

/// The document mesh.report/v1. Of applied objects it holds the identity only: their bodies are the snapshot's.
std::string encode_report(const Report& report);

/// The inverse, but for the bodies of applied objects, which are null. Times come back in whole milliseconds.
/// Errors: snapshot_invalid (reports are read back from snapshots only), syntax_error, duplicate_key.
Result<Report> decode_report(const std::string& bytes, const std::string& file_name);

}  // namespace mesh
