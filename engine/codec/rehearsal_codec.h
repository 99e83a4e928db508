#pragma once

#include <string>

#include "engine/model/plan.h"
#include "engine/model/rehearsal.h"

namespace mesh {

/// The document mesh.plan/v1 with what became of the plan on simulated clusters, as `rehearsal`. decode_plan reads it
/// as it reads any other.
std::string encode_plan(const Plan& plan, const Rehearsal& rehearsal);

}  // namespace mesh
