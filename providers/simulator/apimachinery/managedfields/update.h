#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// After a create (`before` null), update or patch: `after` with the metadata.managedFields that follow from what
/// changed. `after` is decoded and defaulted; it carries the managedFields that the client sent: none or invalid ones
/// leave those of `before`, `[{}]` resets. Equal writes keep the list as it was, times included.
nlohmann::json track_update(const Write& write, const nlohmann::json& before, nlohmann::json after);

}  // namespace mesh::simulator
