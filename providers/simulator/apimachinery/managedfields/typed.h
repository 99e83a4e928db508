#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/simulator/apimachinery/managedfields/field_set.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// Walks over values with their schema: the structured merge. Source: the rules of server-side apply.

/// How a value is merged: by its schema or, where that allows anything, by its own form.
enum class Form { leaf, list, map };
Form form_of(const Schema& schema, const nlohmann::json& value);

/// How an item of a set or keyed list is named, its key completed from defaults; nothing: it has no name.
std::optional<Step> item_step(const Schema& list, const nlohmann::json& item);

/// The member under the name; null when the object, or the member, is not there.
inline const nlohmann::json* member_of(const nlohmann::json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto at = object->find(name);
  return at == object->end() ? nullptr : &*at;
}

inline bool is_empty(const nlohmann::json* value) { return value == nullptr || value->empty(); }

/// Every field and item that stands in the value.
FieldSet field_set_of(const Schema& schema, const nlohmann::json& value);

/// The value without these fields and items.
nlohmann::json remove_fields(const Schema& schema, const nlohmann::json& value, const FieldSet& fields);

}  // namespace mesh::simulator
