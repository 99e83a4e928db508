#include "engine/plan/json_parts.h"

#include <algorithm>

namespace mesh {

using nlohmann::json;

const json* member(const json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto it = object->find(name);
  return it == object->end() || it->is_null() ? nullptr : &*it;
}

bool is_shallow(const json& item) {
  return item.is_object() && std::all_of(item.begin(), item.end(),
                                         [](const json& value) { return !value.is_structured() || value.empty(); });
}

}  // namespace mesh
