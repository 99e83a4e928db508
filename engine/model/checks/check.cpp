#include "engine/model/checks/check.h"

#include <algorithm>

namespace mesh {

std::string to_string(FindingSeverity severity) {
  if (severity == FindingSeverity::error) return "error";
  return severity == FindingSeverity::warning ? "warning" : "unknown";
}

std::size_t count_of(const CheckReport& report, FindingSeverity severity) {
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                [&](const Finding& one) { return one.severity == severity; }));
}

}  // namespace mesh
