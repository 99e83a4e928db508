#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/plan.h"

namespace mesh {

/// What whoever approves a change agrees to: identity, operation, the body that is sent, what is taken over by force or
/// taken away, and the fields as they were shown. No times and no versions: who writes beside us does not change it.
nlohmann::json approval_of(const ObjectChange& change);

/// SHA-256 in hex over the approvals of all that the plan writes, with its mesh and intent: two plans of one digest do
/// the same.
std::string plan_digest(const Plan& plan);

}  // namespace mesh
