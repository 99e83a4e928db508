#include "engine/load/value.h"

#include <algorithm>

namespace mesh {

const Member* Value::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::string_view to_string(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::table:
      return "a table";
    case Value::Kind::array:
      return "a list";
    case Value::Kind::string:
      return "a string";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::real:
      return "a decimal number";
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::time:
      return "a date or time";
  }
  return "a value";
}

}  // namespace mesh
