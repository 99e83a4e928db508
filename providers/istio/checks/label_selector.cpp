#include "providers/istio/checks/label_selector.h"

#include <algorithm>

#include "engine/base/json.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

bool holds(const json& expression, const json& labels) {
  const json* value = member(&labels, text_at(expression, "key"));
  const std::string how = text_at(expression, "operator");
  const json& values = list_at(expression, {"values"});
  const auto listed = [&] {
    return value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  };
  if (how == "In") return listed();
  if (how == "NotIn") return !listed();
  if (how == "Exists") return value != nullptr;
  return how == "DoesNotExist" && value == nullptr;
}

}  // namespace

bool selects_all_of(const json* map, const json& labels) {
  if (map == nullptr || !map->is_object()) return true;
  return std::all_of(map->items().begin(), map->items().end(), [&](const auto& entry) {
    const json* value = member(&labels, entry.key());
    return value != nullptr && *value == entry.value();
  });
}

bool selects(const json* selector, const json& labels) {
  if (selector == nullptr) return true;
  if (!selects_all_of(member(selector, "matchLabels"), labels)) return false;
  const json& expressions = list_at(*selector, {"matchExpressions"});
  return std::all_of(expressions.begin(), expressions.end(), [&](const json& one) { return holds(one, labels); });
}

}  // namespace mesh::istio
