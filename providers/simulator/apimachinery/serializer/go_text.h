#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// A value as Go prints it with %v: `map[name:c x:1]`, `[a b]`, `<nil>`.
std::string go_text(const nlohmann::json& value);

/// As Go prints it with %#v: `map[string]interface {}{"a":1}`.
std::string go_syntax(const nlohmann::json& value);

/// `object`, `array`, `string`, `number`, `bool`, as Go's JSON reader names what it found.
const char* json_type_name(const nlohmann::json& value);

}  // namespace mesh::simulator
