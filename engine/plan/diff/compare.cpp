#include "engine/plan/diff/compare.h"

#include <algorithm>

#include "engine/plan/diff/same_quantity.h"

namespace mesh {
namespace {

using nlohmann::json;

bool same_object(const SchemaNode& schema, const json& desired, const json& live) {
  for (auto field = desired.begin(); field != desired.end(); ++field) {
    const auto other = live.find(field.key());
    if (other == live.end() ? !is_nothing(*field) : !same_value(field_of(schema, field.key()), *field, *other))
      return false;
  }
  for (auto field = live.begin(); field != live.end(); ++field) {
    if (!desired.contains(field.key()) && !is_nothing(*field)) return false;
  }
  return true;
}

bool same_list(const SchemaNode& schema, const json& desired, const json& live) {
  if (desired.size() != live.size()) return false;
  const SchemaNode& item = item_of(schema);
  if (schema.keyed != nullptr) {
    return std::all_of(desired.begin(), desired.end(), [&](const json& one) {
      const json* other = item_with_key(*schema.keyed, live, key_of(*schema.keyed, one));
      return other != nullptr && same_value(item, one, *other);
    });
  }
  if (schema.set) {
    return std::all_of(desired.begin(), desired.end(),
                       [&](const json& one) { return std::find(live.begin(), live.end(), one) != live.end(); });
  }
  return std::equal(desired.begin(), desired.end(), live.begin(),
                    [&](const json& one, const json& other) { return same_value(item, one, other); });
}

}  // namespace

bool is_nothing(const json& value) { return value.is_null() || (value.is_structured() && value.empty()); }

bool is_shallow(const json& item) {
  return item.is_object() && std::all_of(item.begin(), item.end(),
                                         [](const json& value) { return !value.is_structured() || value.empty(); });
}

bool same_value(const SchemaNode& schema, const json& desired, const json& live) {
  if (is_nothing(desired) && is_nothing(live)) return true;
  if (schema.quantity) return same_quantity(desired, live);
  if (desired.is_object() && live.is_object()) return same_object(schema, desired, live);
  if (desired.is_array() && live.is_array()) return same_list(schema, desired, live);
  return desired == live;
}

json key_of(const FieldSchema::KeyedList& list, const json& item) {
  json key = json::object();
  for (const std::string& name : list.keys) {
    if (item.is_object() && item.contains(name) && !item[name].is_null()) {
      key[name] = item[name];
    } else if (list.defaults.contains(name)) {
      key[name] = list.defaults[name];
    }
  }
  return key;
}

const json* item_with_key(const FieldSchema::KeyedList& list, const json& items, const json& key) {
  if (!items.is_array()) return nullptr;
  const auto it = std::find_if(items.begin(), items.end(), [&](const json& item) { return key_of(list, item) == key; });
  return it == items.end() ? nullptr : &*it;
}

}  // namespace mesh
