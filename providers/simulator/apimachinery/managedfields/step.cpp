#include "providers/simulator/apimachinery/managedfields/step.h"

#include <fmt/format.h>

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Numbers, then texts, booleans, lists, maps, null.
int rank(const json& value) {
  if (value.is_number()) return 0;
  if (value.is_string()) return 1;
  if (value.is_boolean()) return 2;
  if (value.is_array()) return 3;
  return value.is_object() ? 4 : 5;
}

template <class T>
int three_way(const T& left, const T& right) {
  return left < right ? -1 : right < left ? 1 : 0;
}

int compare_values(const json& left, const json& right) {
  if (const int by_rank = three_way(rank(left), rank(right)); by_rank != 0) return by_rank;
  if (left.is_string()) return three_way(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  return three_way(left, right);
}

/// By the first field that differs, its name before its value.
int compare_keys(const json& left, const json& right) {
  auto l = left.begin();
  auto r = right.begin();
  for (; l != left.end() && r != right.end(); ++l, ++r) {
    if (const int by_name = three_way(l.key(), r.key()); by_name != 0) return by_name;
    if (const int by_value = compare_values(l.value(), r.value()); by_value != 0) return by_value;
  }
  return l != left.end() ? 1 : r != right.end() ? -1 : 0;
}

}  // namespace

int compare(const Step& left, const Step& right) {
  if (const int by_kind = three_way(left.kind, right.kind); by_kind != 0) return by_kind;
  switch (left.kind) {
    case Step::Kind::field:
      return three_way(left.name, right.name);
    case Step::Kind::key:
      return compare_keys(left.value, right.value);
    default:
      return compare_values(left.value, right.value);
  }
}

std::string to_string(const Step& step) {
  switch (step.kind) {
    case Step::Kind::field:
      return fmt::format(".{}", step.name);
    case Step::Kind::key: {
      std::string keys;
      for (const auto& [name, value] : step.value.items())
        keys += fmt::format("{}{}={}", keys.empty() ? "" : ",", name, value.dump());
      return fmt::format("[{}]", keys);
    }
    case Step::Kind::value:
      return fmt::format("[={}]", step.value.dump());
    default:
      return fmt::format("[{}]", step.value.dump());
  }
}

std::string to_string(const Steps& path) {
  std::string text;
  for (const Step& step : path) text += to_string(step);
  return text;
}

}  // namespace mesh::simulator
