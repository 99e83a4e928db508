#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/model/address.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"

namespace mesh {

/// What may be carried out of a saved plan.
struct ComparedPlans {
  /// Of the fresh plan all that the saved one wants just so. What the saved plan wants otherwise is unknown
  /// (ground_moved), so that it and what needs it are left out; what it does not name is not there.
  Plan plan = {};
  /// Errors, one per object that differs: what moved, or was edited.
  std::map<Address, Diagnostics> moved = {};
  /// Warnings: changes that a plan made now has and the saved one has not.
  Diagnostics left_out = {};
};

/// Holds a saved plan against `fresh`, the plan of the same choice made from `live`. The saved plan approves and is
/// never carried out itself: each action of the result is one of `fresh`, and does what the saved one says of it
/// (`approval_of`), or less, where something is as it should be already. Pure.
ComparedPlans compare_plans(const Plan& saved, const Plan& fresh, const LiveState& live);

/// Clusters that carrying the plan out concerns: those of its changes and of all that these need.
std::set<std::string> concerned_clusters(const Plan& plan);

}  // namespace mesh
