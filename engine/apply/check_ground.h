#pragma once

#include <map>

#include "engine/base/diagnostic.h"
#include "engine/model/address.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"

namespace mesh {

/// Holds a saved plan against what is live now. Actions of which an object has appeared, changed, been made anew or
/// gone since, each with one ground_moved diagnostic per object that names its newest writer; objects that cannot be
/// read count as moved, with the reason. Pure.
std::map<Address, Diagnostics> check_ground(const Plan& plan, const LiveState& live);

}  // namespace mesh
