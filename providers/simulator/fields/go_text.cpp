#include "providers/simulator/fields/go_text.h"

#include <fmt/format.h>

namespace mesh::simulator {

using nlohmann::json;

std::string go_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "<nil>";
  if (value.is_array()) {
    std::string items;
    for (const json& item : value) items += (items.empty() ? "" : " ") + go_text(item);
    return "[" + items + "]";
  }
  if (value.is_object()) {
    std::string members;
    for (const auto& [name, member] : value.items())
      members += (members.empty() ? "" : " ") + name + ":" + go_text(member);
    return "map[" + members + "]";
  }
  return value.dump();
}

std::string go_syntax(const json& value) {
  if (value.is_string()) return value.dump();
  if (value.is_object()) {
    std::string members;
    for (const auto& [name, member] : value.items())
      members += fmt::format("{}\"{}\":{}", members.empty() ? "" : ", ", name, go_syntax(member));
    return "map[string]interface {}{" + members + "}";
  }
  if (value.is_array()) {
    std::string items;
    for (const json& item : value) items += (items.empty() ? "" : ", ") + go_syntax(item);
    return "[]interface {}{" + items + "}";
  }
  return value.dump();
}

const char* json_type_name(const json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_null()) return "null";
  return value.is_boolean() ? "bool" : "number";
}

}  // namespace mesh::simulator
