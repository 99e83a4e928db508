#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

// What all layers ask of a JSON value whose shape is not known: the answer is "nothing" where it is not as hoped, never
// an exception.
namespace mesh {

/// The value below all these names; null where one of them is missing. Allocates nothing, for what is looked up in
/// every object. A JSON null is a value.
const nlohmann::json* find_field(const nlohmann::json& value, std::initializer_list<std::string_view> names);

/// A member of an object; null when there is no object, no such member, or a JSON null.
const nlohmann::json* member(const nlohmann::json* object, std::string_view name);

/// The string; empty when there is no value (null), or one that is not a string.
std::string text_of(const nlohmann::json* value);

/// The string there; empty as above.
std::string text_at(const nlohmann::json& value, std::string_view name);
std::string text_at(const nlohmann::json& value, std::initializer_list<std::string_view> names);

/// The list there; an empty one when there is none. The value must outlive the answer.
const nlohmann::json& list_at(const nlohmann::json& value, std::initializer_list<std::string_view> names);

}  // namespace mesh
