#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// What of metadata a new object never takes from its maker, before ownership is written down.
void wipe_system_metadata(nlohmann::json& object);

/// What a kind does to an object before it is checked and stored: a create through the main resource has no status
/// (but Namespace Active, Pod Pending …) and generation 1 where the kind counts generations.
void prepare_for_create(const Write& write, nlohmann::json& object);

/// An update keeps what its subresource may not change: the main resource keeps status, `status` keeps all but status
/// and managedFields; generation grows with the spec; metadata that the server owns (uid, creationTimestamp, selfLink,
/// deletionTimestamp …) stays.
void prepare_for_update(const Write& write, const nlohmann::json& before, nlohmann::json& after);

}  // namespace mesh::simulator
