#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "providers/simulator/apimachinery/managedfields/field_set.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// Walks over values with their schema: the structured merge. Source: the rules of server-side apply.

/// How a value is merged: by its schema or, where that allows anything, by its own form.
enum class Form { leaf, list, map };
Form form_of(const Schema& schema, const nlohmann::json& value);

/// The schema of a member; null when the schema does not declare it.
const Schema* member_schema(const Schema& schema, const std::string& name);

/// How an item of a set or keyed list is named, its key completed from defaults. Error: what the server says about it.
tl::expected<Step, std::string> item_step(const Schema& list, const nlohmann::json& item);

/// Every field and item that stands in the value.
FieldSet field_set_of(const Schema& schema, const nlohmann::json& value);

struct Comparison {
  FieldSet added;
  FieldSet removed;
  FieldSet modified;
};
Comparison compare_values(const Schema& schema, const nlohmann::json& before, const nlohmann::json& after);

/// Both together; where both have a leaf, `more` wins. Lists keep the order of `base` unless `more` says another.
nlohmann::json merge_values(const Schema& schema, const nlohmann::json& base, const nlohmann::json& more);

/// The value without these fields and items.
nlohmann::json remove_fields(const Schema& schema, const nlohmann::json& value, const FieldSet& fields);

/// What makes the value unfit for the schema, as the server words it: "" or `.spec.x: field not declared in schema`.
std::string typing_errors(const Schema& schema, const nlohmann::json& value);

}  // namespace mesh::simulator
