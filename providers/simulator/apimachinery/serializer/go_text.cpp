#include "providers/simulator/apimachinery/serializer/go_text.h"

#include <fmt/format.h>

#include <vector>

namespace mesh::simulator {

using nlohmann::json;

std::string go_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "<nil>";
  if (!value.is_structured()) return value.dump();
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const json& item : value) parts.push_back(go_text(item));
    return fmt::format("[{}]", fmt::join(parts, " "));
  }
  for (const auto& [name, member] : value.items()) parts.push_back(fmt::format("{}:{}", name, go_text(member)));
  return fmt::format("map[{}]", fmt::join(parts, " "));
}

std::string go_syntax(const json& value) {
  if (!value.is_structured()) return value.dump();
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const json& item : value) parts.push_back(go_syntax(item));
    return fmt::format("[]interface {{}}{{{}}}", fmt::join(parts, ", "));
  }
  for (const auto& [name, member] : value.items()) parts.push_back(fmt::format("\"{}\":{}", name, go_syntax(member)));
  return fmt::format("map[string]interface {{}}{{{}}}", fmt::join(parts, ", "));
}

const char* json_type_name(const json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_null()) return "null";
  return value.is_boolean() ? "bool" : "number";
}

}  // namespace mesh::simulator
