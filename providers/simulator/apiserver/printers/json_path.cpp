#include "providers/simulator/apiserver/printers/json_path.h"

#include <algorithm>
#include <charconv>

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::string unquoted(std::string text) {
  if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"')) text = text.substr(1, text.size() - 2);
  return text;
}

/// The item of a list for which `?(@.key=="value")` holds.
const json* filtered(const json& list, const std::string& condition) {
  const auto equals = condition.find("==");
  const auto at = condition.find("@.");
  if (equals == std::string::npos || at == std::string::npos || !list.is_array()) return nullptr;
  std::string key = condition.substr(at + 2, equals - at - 2);
  key.erase(key.find_last_not_of(' ') + 1);
  std::string desired = condition.substr(equals + 2, condition.rfind(')') - equals - 2);
  desired.erase(0, desired.find_first_not_of(' '));
  desired.erase(desired.find_last_not_of(' ') + 1);
  desired = unquoted(desired);
  for (const json& item : list) {
    const auto found = item.is_object() ? item.find(key) : item.end();
    if (item.is_object() && found != item.end() && found->is_string() && *found == desired) return &item;
  }
  return nullptr;
}

const json* indexed(const json& value, const std::string& inside) {
  if (inside.starts_with('?')) return filtered(value, inside);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (error == std::errc() && end == inside.data() + inside.size()) {
    return value.is_array() && index < value.size() ? &value[index] : nullptr;
  }
  if (inside == "*") return value.is_array() && !value.empty() ? &value.front() : nullptr;
  const auto found = value.is_object() ? value.find(unquoted(inside)) : value.end();
  return value.is_object() && found != value.end() ? &*found : nullptr;
}

}  // namespace

const json* find_by_path(const json& object, const std::string& path) {
  const json* value = &object;
  std::size_t at = 0;
  while (at < path.size() && value != nullptr) {
    if (path[at] == '[') {
      const auto end = std::min(path.find(']', at), path.size());
      value = indexed(*value, path.substr(at + 1, end - at - 1));
      at = end + 1;
      continue;
    }
    if (path[at] == '.') ++at;
    std::string key;
    for (; at < path.size() && path[at] != '.' && path[at] != '['; ++at) {
      if (path[at] == '\\' && at + 1 < path.size()) ++at;
      key.push_back(path[at]);
    }
    if (key.empty()) continue;
    const auto found = value->is_object() ? value->find(key) : value->end();
    value = value->is_object() && found != value->end() ? &*found : nullptr;
  }
  return value;
}

}  // namespace mesh::simulator
