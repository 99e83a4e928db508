#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/comparison.h"
#include "providers/simulator/apimachinery/managedfields/managers.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

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

/// After a create (`before` null), update or patch: `after` with the metadata.managedFields that follow from what
/// changed. `after` is decoded and defaulted; it carries the managedFields that the client sent: none or invalid ones
/// leave those of `before`, `[{}]` resets. Equal writes keep the list as it was, times included.
nlohmann::json track_update(const Write& write, const nlohmann::json& before, nlohmann::json after);

}  // namespace mesh::simulator
