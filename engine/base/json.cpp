#include "engine/base/json.h"

namespace mesh {

using nlohmann::json;

const json* find_field(const json& value, std::initializer_list<std::string_view> names) {
  const json* at = &value;
  for (const std::string_view name : names) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(name);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

const json* member(const json* object, std::string_view name) {
  const json* found = object == nullptr ? nullptr : find_field(*object, {name});
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string text_of(const json* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::string text_at(const json& value, std::string_view name) { return text_of(find_field(value, {name})); }

std::string text_at(const json& value, std::initializer_list<std::string_view> names) {
  return text_of(find_field(value, names));
}

const json& list_at(const json& value, std::initializer_list<std::string_view> names) {
  static const json none = json::array();
  const json* found = find_field(value, names);
  return found != nullptr && found->is_array() ? *found : none;
}

}  // namespace mesh
