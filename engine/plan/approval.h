#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/plan.h"

namespace mesh {

/// What whoever approves a change agrees to: identity, operation, the body that is sent, what is taken over by force or
/// taken away, the fields as they were shown, and the whole content of what is deleted. No times and no versions: who
/// writes beside us does not change it.
nlohmann::json approval_of(const ObjectChange& change);

/// SHA-256 in hex over the approvals of all that the plan writes, its order and interruptions, spec, choice and
/// clusters (by uid): two plans of one digest do the same to the same clusters.
std::string plan_digest(const Plan& plan);

}  // namespace mesh
