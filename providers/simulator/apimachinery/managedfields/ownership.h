#pragma once

#include "providers/simulator/apimachinery/managedfields/managers.h"
#include "providers/simulator/apimachinery/managedfields/typed.h"

namespace mesh::simulator {

/// What the change from `before` to `after` does to all owners but `writer`: they lose changed and removed fields.
struct Shift {
  Comparison change;
  /// What others owned and the writer changed.
  std::vector<FieldConflict> conflicts;
};
Shift shift_ownership(const Write& write, const ManagerId& writer, const nlohmann::json& before,
                      const nlohmann::json& after, Managers& managers);

/// Tracks an update: what changed becomes the writer's.
void own_changes(const Write& write, const ManagerId& writer, const nlohmann::json& before, const nlohmann::json& after,
                 Managers& managers);

}  // namespace mesh::simulator
