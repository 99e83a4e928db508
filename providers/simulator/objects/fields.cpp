#include "providers/simulator/objects/fields.h"

#include <algorithm>

namespace mesh::simulator {

using nlohmann::json;

const json* at(const json& value, std::initializer_list<const char*> keys) {
  const json* found = &value;
  for (const char* key : keys) {
    if (!found->is_object()) return nullptr;
    const auto it = found->find(key);
    if (it == found->end()) return nullptr;
    found = &*it;
  }
  return found;
}

const json& member(const json& value, std::initializer_list<const char*> keys) {
  static const json none;
  const json* found = at(value, keys);
  return found == nullptr ? none : *found;
}

std::string text(const json& value, std::initializer_list<const char*> keys) {
  const json* found = at(value, keys);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number(const json& value, std::initializer_list<const char*> keys, std::int64_t otherwise) {
  const json* found = at(value, keys);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

const json& items(const json& value, std::initializer_list<const char*> keys) {
  static const json none = json::array();
  const json* found = at(value, keys);
  return found != nullptr && found->is_array() ? *found : none;
}

std::string name_of(const json& object) { return text(object, {"metadata", "name"}); }
std::string namespace_of(const json& object) { return text(object, {"metadata", "namespace"}); }
std::string label(const json& object, const char* key) { return text(object, {"metadata", "labels", key}); }
std::string annotation(const json& object, const char* key) { return text(object, {"metadata", "annotations", key}); }

Labels labels_of(const json& object) {
  Labels labels;
  const json* found = at(object, {"metadata", "labels"});
  if (found == nullptr || !found->is_object()) return labels;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) labels[key] = value.get<std::string>();
  }
  return labels;
}

bool has_labels(const Labels& labels, const json& desired) {
  if (!desired.is_object() || desired.empty()) return false;
  return std::all_of(desired.items().begin(), desired.items().end(), [&](const auto& one) {
    const auto it = labels.find(one.key());
    return it != labels.end() && one.value().is_string() && it->second == one.value().template get<std::string>();
  });
}

namespace {

bool holds(const json& expression, const Labels& labels) {
  const std::string how = text(expression, {"operator"});
  const auto it = labels.find(text(expression, {"key"}));
  if (how == "Exists") return it != labels.end();
  if (how == "DoesNotExist") return it == labels.end();
  const json& values = items(expression, {"values"});
  const bool among = it != labels.end() && std::find(values.begin(), values.end(), json(it->second)) != values.end();
  if (how == "In") return among;
  return how == "NotIn" && !among;
}

}  // namespace

bool selects(const json& selector, const Labels& labels) {
  const json* exact = at(selector, {"matchLabels"});
  if (exact != nullptr && exact->is_object() && !exact->empty() && !has_labels(labels, *exact)) return false;
  const json& expressions = items(selector, {"matchExpressions"});
  return std::all_of(expressions.begin(), expressions.end(), [&](const json& one) { return holds(one, labels); });
}

bool is_true(const json& object, const char* condition) {
  const json& conditions = items(object, {"status", "conditions"});
  return std::any_of(conditions.begin(), conditions.end(), [&](const json& one) {
    return text(one, {"type"}) == condition && text(one, {"status"}) == "True";
  });
}

bool is_running(const json& pod) {
  return text(pod, {"status", "phase"}) == "Running" && at(pod, {"metadata", "deletionTimestamp"}) == nullptr;
}

bool is_ready(const json& pod) { return is_running(pod) && is_true(pod, "Ready"); }

std::string env_of(const json& pod_spec, const char* name) {
  for (const json& container : items(pod_spec, {"containers"})) {
    for (const json& variable : items(container, {"env"})) {
      if (text(variable, {"name"}) == name) return text(variable, {"value"});
    }
  }
  return {};
}

}  // namespace mesh::simulator
