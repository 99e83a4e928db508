#include "providers/istio/retry_outcome.h"

#include <algorithm>

#include "engine/base/foreign_json.h"
#include "engine/model/ground.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// Whether an entry of managedFields holds exactly the fields of this value. Of a list item only the keys that the body
/// gives are compared: the server fills in others.
bool same_fields(const json& fields, const json& value);

bool is_item(const std::string& name, const json& item) {
  if (name.starts_with("v:")) return foreign_json_or_discarded(name.substr(2)) == item;
  const json keys = name.starts_with("k:") ? foreign_json_or_discarded(name.substr(2)) : json();
  if (!keys.is_object() || !item.is_object()) return false;
  return std::all_of(keys.items().begin(), keys.items().end(),
                     [&](const auto& key) { return !item.contains(key.key()) || item[key.key()] == key.value(); });
}

bool same_items(const json& fields, const json& list) {
  for (const auto& [name, below] : fields.items()) {
    if (name == ".") continue;
    const auto owned = [&name = name](const json& item) { return is_item(name, item); };
    if (std::none_of(list.begin(), list.end(), owned)) return false;
  }
  return std::all_of(list.begin(), list.end(), [&](const json& item) {
    for (const auto& [name, below] : fields.items()) {
      if (is_item(name, item)) return same_fields(below, item);
    }
    return false;
  });
}

bool same_fields(const json& fields, const json& value) {
  // A leaf, or a list or map that is owned as a whole.
  if (!fields.is_object() || fields.empty()) return true;
  if (value.is_array()) return same_items(fields, value);
  if (!value.is_object()) return false;
  for (const auto& [name, below] : fields.items()) {
    if (name.starts_with("f:") && !value.contains(name.substr(2))) return false;
  }
  return std::all_of(value.items().begin(), value.items().end(), [&](const auto& field) {
    const auto owned = fields.find("f:" + field.key());
    return owned != fields.end() && same_fields(*owned, field.value());
  });
}

bool owns(const ManagedFields& entry, const FieldPath& path) {
  const json* at = &*entry.fields;
  for (const PathElement& element : path) {
    if (!at->is_object()) return false;
    const auto below = at->find(element_key(element));
    if (below == at->end()) return false;
    at = &*below;
  }
  return true;
}

}  // namespace

bool was_applied(const Object& object, json body, std::string_view manager) {
  for (const char* name : {"apiVersion", "kind"}) body.erase(name);
  for (const char* name : {"name", "namespace", "uid", "resourceVersion"}) body["metadata"].erase(name);
  if (body["metadata"].empty()) body.erase("metadata");
  const auto ours = [&](const ManagedFields& entry) { return is_ours(entry, manager); };
  if (body.empty()) return std::none_of(object.managers.begin(), object.managers.end(), ours);
  const auto newest = newest_writer(object, manager);
  return newest && newest->manager == manager && newest->operation == "Apply" &&
         std::any_of(object.managers.begin(), object.managers.end(),
                     [&](const ManagedFields& entry) { return ours(entry) && same_fields(entry.fields, body); });
}

bool was_created(const Object& object, std::string_view manager) {
  const auto ours = std::find_if(object.managers.begin(), object.managers.end(),
                                 [&](const ManagedFields& entry) { return is_ours(entry, manager); });
  if (ours == object.managers.end()) return false;
  // RFC 3339 in UTC with whole seconds: text order is time order. Without a time an entry counts as earlier.
  return std::none_of(object.managers.begin(), object.managers.end(),
                      [&](const ManagedFields& entry) { return !is_ours(entry, manager) && entry.time < ours->time; });
}

bool was_patched(const Object& object, const std::vector<ForeignField>& fields) {
  if (object.metadata_only && object.managers.empty()) return false;
  return std::all_of(fields.begin(), fields.end(), [&](const ForeignField& field) {
    const json* now = find_value(object.body, field.path);
    if (field.value) return now != nullptr && *now == *field.value;
    return now == nullptr && std::none_of(object.managers.begin(), object.managers.end(),
                                          [&](const ManagedFields& entry) { return owns(entry, field.path); });
  });
}

}  // namespace mesh::istio
