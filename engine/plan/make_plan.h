#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/desired_state.h"
#include "engine/model/field_schema.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"

namespace mesh {

struct PlanInput {
  std::string mesh;
  std::string spec_digest;
  Intent intent = Intent::apply;
  const DesiredState& desired;
  const LiveState& live;
  const FieldSchemas& schemas;
  /// Globs over addresses; empty `only`: all. Actions left out are not part of the plan, nor of anybody's depends_on.
  std::vector<std::string> only = {};
  std::vector<std::string> exclude = {};
};

/// Compares what is desired with what is live and orders the actions. Pure. The plan's diagnostics are those of
/// `desired`, of the reading, and what it found itself (conflicts are no diagnostics: they stand at their fields).
/// Errors: no_such_address, when a glob of `only` or `exclude` covers nothing; internal, on a cycle of depends_on.
Result<Plan> make_plan(const PlanInput& input);

}  // namespace mesh
