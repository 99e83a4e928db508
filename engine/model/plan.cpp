#include "engine/model/plan.h"

#include <algorithm>

namespace mesh {

Summary summarize(const Plan& plan) {
  Summary summary;
  for (const Action& action : plan.actions) {
    switch (action.operation) {
      case Operation::create:
        ++summary.create;
        break;
      case Operation::update:
        ++summary.update;
        break;
      case Operation::replace:
        ++summary.replace;
        break;
      case Operation::delete_:
        ++summary.delete_;
        break;
      case Operation::unchanged:
        ++summary.unchanged;
        break;
      case Operation::unknown:
        ++summary.unknown;
        break;
    }
  }
  return summary;
}

bool has_changes(const Plan& plan) {
  return std::any_of(plan.actions.begin(), plan.actions.end(), [](const Action& action) { return writes(action); });
}

}  // namespace mesh
