#pragma once

#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/plan.h"
#include "engine/plan/references.h"
#include "engine/plan/schema_tree.h"

namespace mesh {

struct ActionInput {
  const std::string& mesh;
  Intent intent = Intent::apply;
  const LiveState& live;
  const SchemaTrees& schemas;
  References& references;
  /// Why objects could not be read goes here.
  Diagnostics& diagnostics;
};

/// One action with all but its needs.
Action plan_action(const DesiredAction& desired, const ActionInput& input);

}  // namespace mesh
