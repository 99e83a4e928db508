#include "tests/support/fake_fields.h"

#include <algorithm>

namespace mesh::testing {
namespace {

using nlohmann::json;

const std::set<std::string> identity = {"name",       "namespace",         "uid",          "resourceVersion",
                                        "generation", "creationTimestamp", "managedFields"};

std::string join(const std::string& place, const std::string& name) {
  return place.empty() ? name : place + '.' + name;
}

json key_of(const FieldSchema::KeyedList& list, const json& item) {
  json key = json::object();
  for (const std::string& name : list.keys) {
    if (item.contains(name)) {
      key[name] = item[name];
    } else if (list.defaults.contains(name)) {
      key[name] = list.defaults[name];
    }
  }
  return key;
}

json* item_at(json& list, const json& key) {
  for (json& item : list) {
    const bool same = std::all_of(key.items().begin(), key.items().end(), [&](const auto& field) {
      return item.is_object() && (item.contains(field.key()) ? item[field.key()] == field.value()
                                                             : field.key() == "protocol" && field.value() == "TCP");
    });
    if (same) return &item;
  }
  return nullptr;
}

void flatten_into(const json& value, const std::string& place, const FieldSchema& schema, FieldKeys& at,
                  std::map<FieldKeys, json>& out) {
  const auto keyed = schema.keyed_lists.find(place);
  const bool whole = schema.atomic.contains(place) || !value.is_structured() || value.empty() ||
                     (value.is_array() && keyed == schema.keyed_lists.end() && !schema.sets.contains(place));
  if (whole) {
    out[at] = value;
    return;
  }
  if (value.is_object()) {
    for (const auto& [name, field] : value.items()) {
      if (at.empty() && (name == "apiVersion" || name == "kind" || name == "status")) continue;
      if (place == "metadata" && identity.contains(name)) continue;
      at.push_back("f:" + name);
      flatten_into(field, join(place, name), schema, at, out);
      at.pop_back();
    }
    return;
  }
  for (const json& item : value) {
    const bool by_key = keyed != schema.keyed_lists.end();
    at.push_back(by_key ? "k:" + key_of(keyed->second, item).dump() : "v:" + item.dump());
    out[at] = nullptr;
    if (by_key) flatten_into(item, place + "[]", schema, at, out);
    at.pop_back();
  }
}

json merge_at(const json& live, const json& config, const std::string& place, const FieldSchema& schema) {
  if (schema.atomic.contains(place) || live.type() != config.type()) return config;
  if (config.is_object()) {
    json merged = live;
    for (const auto& [name, field] : config.items())
      merged[name] = live.contains(name) ? merge_at(live[name], field, join(place, name), schema) : field;
    return merged;
  }
  if (!config.is_array()) return config;
  json merged = live;
  if (const auto keyed = schema.keyed_lists.find(place); keyed != schema.keyed_lists.end()) {
    for (const json& item : config) {
      json* same = item_at(merged, key_of(keyed->second, item));
      if (same == nullptr) {
        merged.push_back(item);
      } else {
        *same = merge_at(*same, item, place + "[]", schema);
      }
    }
    return merged;
  }
  if (!schema.sets.contains(place)) return config;
  for (const json& item : config) {
    if (std::find(merged.begin(), merged.end(), item) == merged.end()) merged.push_back(item);
  }
  return merged;
}

void erase_at(json& value, const FieldKeys& path, std::size_t depth) {
  const std::string kind = path[depth].substr(0, 2);
  const std::string rest = path[depth].substr(2);
  const bool last = depth + 1 == path.size();
  if (kind == "f:") {
    if (!value.is_object() || !value.contains(rest)) return;
    json& below = value[rest];
    if (!last) erase_at(below, path, depth + 1);
    if (last || (below.is_structured() && below.empty())) value.erase(rest);
    return;
  }
  if (!value.is_array()) return;
  const json key = json::parse(rest);
  for (std::size_t i = 0; i < value.size(); ++i) {
    json one = json::array({value[i]});
    const bool same = kind == "v:" ? value[i] == key : item_at(one, key) != nullptr;
    if (!same) continue;
    if (last) {
      value.erase(i);
    } else {
      erase_at(value[i], path, depth + 1);
    }
    return;
  }
}

void collect(const json& fields, FieldKeys& at, FieldSet& out) {
  if (fields.empty()) out.insert(at);
  for (const auto& [key, below] : fields.items()) {
    if (key == ".") {
      out.insert(at);
      continue;
    }
    at.push_back(key);
    collect(below, at, out);
    at.pop_back();
  }
}

}  // namespace

std::map<FieldKeys, json> flatten(const json& body, const FieldSchema& schema) {
  std::map<FieldKeys, json> out;
  FieldKeys at;
  flatten_into(body, "", schema, at, out);
  return out;
}

json merge(const json& live, const json& config, const FieldSchema& schema) {
  return merge_at(live, config, "", schema);
}

void erase(json& body, const FieldKeys& path) {
  if (!path.empty()) erase_at(body, path, 0);
}

json to_fields_v1(const FieldSet& paths) {
  json fields = json::object();
  for (const FieldKeys& path : paths) {
    json* at = &fields;
    for (const std::string& key : path) {
      json& below = (*at)[key];
      if (below.is_null()) below = json::object();
      at = &below;
    }
    // Paths are sorted: what is below a path comes after it.
    const auto next = paths.upper_bound(path);
    const bool has_below =
        next != paths.end() && next->size() > path.size() && std::equal(path.begin(), path.end(), next->begin());
    if (has_below) (*at)["."] = json::object();
  }
  return fields;
}

FieldSet from_fields_v1(const json& fields) {
  FieldSet out;
  FieldKeys at;
  collect(fields, at, out);
  out.erase(FieldKeys());
  return out;
}

}  // namespace mesh::testing
