#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/plan.h"

namespace mesh {

/// Kinds of the objects that an action takes over, by who made them.
using Adopted = std::map<std::string, std::vector<std::string>>;

/// Why an action has something to do, in a short sentence for people: `peer dc2 is new`, `2 fields differ`, `adopts
/// Deployment, Service that istio-operator made`.
std::string reason_of(const DesiredAction& desired, const Action& action, const Adopted& adopted, Intent intent);

}  // namespace mesh
