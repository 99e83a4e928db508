#include "engine/model/report.h"

#include <algorithm>

namespace mesh {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed";
    case Outcome::skipped:
      return "skipped";
    case Outcome::cancelled:
      return "cancelled";
  }
  return {};
}

bool succeeded(const Report& report) {
  return std::all_of(report.actions.begin(), report.actions.end(),
                     [](const ActionReport& action) { return action.outcome == Outcome::done; });
}

}  // namespace mesh
