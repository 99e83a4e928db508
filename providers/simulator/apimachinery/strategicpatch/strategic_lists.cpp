#include "providers/simulator/apimachinery/strategicpatch/strategic_lists.h"

#include <algorithm>

namespace mesh::simulator {

using nlohmann::json;

bool replaces_member(const Schema& schema, const std::string& name) {
  const Field* field = schema.find(name);
  return field != nullptr && field->patch_strategy.find("replace") != std::string::npos;
}

ListRule list_rule_of(const Schema& schema, const std::string& name) {
  const Field* field = schema.find(name);
  const Schema& list = schema.member(name);
  const Schema* items = list.items == nullptr ? &list.member("") : list.items;
  if (field == nullptr) return {false, "", items};
  return {field->patch_strategy.find("merge") != std::string::npos, field->merge_key, items};
}

void drop_nulls(json& value) {
  if (!value.is_structured()) return;
  for (auto at = value.begin(); at != value.end();) {
    if (value.is_object() && at->is_null()) {
      at = value.erase(at);
    } else {
      drop_nulls(*at);
      ++at;
    }
  }
}

bool drop_directives(json& value) {
  if (value.is_object() && value.contains(patch_directive)) return false;
  if (!value.is_structured()) return true;
  for (auto at = value.begin(); at != value.end();) at = drop_directives(*at) ? std::next(at) : value.erase(at);
  return true;
}

long index_in(const json& list, const json& item, const std::string& key) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool same = key.empty() ? list[i] == item
                                  : list[i].is_object() && item.is_object() && item.contains(key) &&
                                        list[i].value(key, json()) == item.at(key);
    if (same) return static_cast<long>(i);
  }
  return -1;
}

json patched_scalars(const json& original, const json& patch, bool from_primitives) {
  json merged = json::array();
  if (from_primitives) {
    for (const json& item : original)
      if (index_in(patch, item, "") < 0) merged.push_back(item);
    return merged;
  }
  for (const json* side : {&original, &patch})
    for (const json& item : *side)
      if (index_in(merged, item, "") < 0) merged.push_back(item);
  return arranged(merged, patch, original, "");
}

json arranged(const json& merged, const json& order, const json& before, const std::string& key) {
  std::vector<json> ours;
  std::vector<json> others;
  for (const json& item : merged) (index_in(order, item, key) >= 0 ? ours : others).push_back(item);
  const auto by = [&](const json& list) {
    return [&](const json& left, const json& right) { return index_in(list, left, key) < index_in(list, right, key); };
  };
  std::stable_sort(ours.begin(), ours.end(), by(order));
  json out = json::array();
  auto other = others.begin();
  for (json& item : ours) {
    const long place = index_in(before, item, key);
    while (other != others.end() && place >= 0 && index_in(before, *other, key) < place)
      out.push_back(std::move(*other++));
    out.push_back(std::move(item));
  }
  for (; other != others.end(); ++other) out.push_back(std::move(*other));
  return out;
}

}  // namespace mesh::simulator
