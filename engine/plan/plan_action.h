#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/plan.h"
#include "engine/plan/diff/schema_tree.h"
#include "engine/plan/references.h"

namespace mesh {

struct ActionInput {
  const std::string& mesh;
  const std::string& manager;
  Intent intent = Intent::apply;
  const LiveState& live;
  const SchemaTrees& schemas;
  const References& references;
};

struct PlannedAction {
  /// All but what it depends on.
  Action action = {};
  /// Why objects could not be read, or must not be touched.
  Diagnostics diagnostics = {};
  /// What becomes of those of its objects that others refer to.
  std::vector<std::pair<ObjectId, Fate>> fates = {};
};

PlannedAction plan_action(const DesiredAction& desired, const ActionInput& input);

}  // namespace mesh
