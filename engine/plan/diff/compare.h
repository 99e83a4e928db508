#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/plan/diff/schema_tree.h"

namespace mesh {

/// Null, and empty objects and lists, which the API server drops from most places.
bool is_nothing(const nlohmann::json& value);

/// An object without objects or lists in it: an item that a reader takes in at a glance, as a port or an environment
/// variable, and that plans show as one.
bool is_shallow(const nlohmann::json& item);

/// Whether the live value is what is desired, as Kubernetes compares: quantities by value, null as absent, keyed lists
/// and sets in any order, other lists in order. An integer and a string of the same digits differ, as IntOrString does.
/// Fields that only one side has count: a default that the server fills into an atomic value has to be desired in so
/// many words, because nothing tells it from a field that we applied before and want no longer.
bool same_value(const SchemaNode& schema, const nlohmann::json& desired, const nlohmann::json& live);

/// The key of a keyed list's item, with the key fields that a writer may leave out filled in.
nlohmann::json key_of(const FieldSchema::KeyedList& list, const nlohmann::json& item);

/// The item with that key, or null.
const nlohmann::json* item_with_key(const FieldSchema::KeyedList& list, const nlohmann::json& items,
                                    const nlohmann::json& key);

}  // namespace mesh
