#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/model/address.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"

namespace mesh {

/// Holds a saved plan against what is live now. Actions of which an object has appeared, changed, been made anew or
/// gone since, each with one ground_moved diagnostic per object that names its newest writer; objects that cannot be
/// read count as moved, with the reason. Pure.
std::map<Address, Diagnostics> check_ground(const Plan& plan, const LiveState& live);

/// What a saved plan leaves alone but stands on: objects that it keeps in actions with changes, and the actions that
/// these need. `fresh` is the plan that the live state would give now; where it wants to change what the saved one
/// keeps, the ground has moved. Pure.
std::map<Address, Diagnostics> check_kept(const Plan& saved, const Plan& fresh);

/// The plan with the actions of `moved` as unknown, so that they and what needs them are skipped and the rest is done.
Plan hold_back(Plan plan, const std::map<Address, Diagnostics>& moved);

/// Clusters that carrying the plan out concerns: those of its changes and of all that these need.
std::set<std::string> concerned_clusters(const Plan& plan);

}  // namespace mesh
