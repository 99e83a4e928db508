#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::simulator {

/// One step into an object as managedFields names it.
struct Step {
  enum class Kind { field, key, value, index };
  Kind kind = Kind::field;
  std::string name;
  /// Of a key the object of key fields, of a value the item itself, of an index its number.
  nlohmann::json value = nullptr;

  static Step field(std::string_view name) { return {Kind::field, std::string(name), nullptr}; }
};

/// The server's order: fields, keys, values, indexes; within them by name or value.
int compare(const Step& left, const Step& right);

/// As messages show it: `.spec`, `[name="web"]`, `[="finalizer"]`, `[3]`.
std::string to_string(const Step& step);

using Steps = std::vector<Step>;
std::string to_string(const Steps& path);

}  // namespace mesh::simulator
