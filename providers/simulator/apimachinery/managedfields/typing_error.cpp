#include "providers/simulator/apimachinery/managedfields/typing_error.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/managedfields/typed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool fits(Schema::Scalar scalar, const json& value) {
  switch (scalar) {
    case Schema::Scalar::text:
    case Schema::Scalar::bytes:
    case Schema::Scalar::time:
      return value.is_string();
    case Schema::Scalar::boolean:
      return value.is_boolean();
    case Schema::Scalar::int32:
    case Schema::Scalar::int64:
    case Schema::Scalar::number:
      return value.is_number();
    case Schema::Scalar::quantity:
      return !value.is_structured();
    default:
      return true;
  }
}

std::string error_in(const Schema& schema, const json& value, const std::string& path);

std::string error_in_map(const Schema& schema, const json& value, const std::string& path) {
  for (const auto& [name, inner] : value.items()) {
    const std::string at = path + "." + name;
    if (!schema.declares(name)) return at + ": field not declared in schema";
    if (std::string error = error_in(schema.member(name), inner, at); !error.empty()) return error;
  }
  return "";
}

std::string error_in_list(const Schema& schema, const json& value, const std::string& path) {
  Steps seen;
  for (std::size_t i = 0; i < value.size(); ++i) {
    Step step{Step::Kind::index, "", i};
    if (schema.list != Schema::List::atomic) {
      const auto named = item_step(schema, value[i]);
      if (!named) return fmt::format("{}: element {}: has no key of the list", path, i);
      step = *named;
      if (std::any_of(seen.begin(), seen.end(), [&](const Step& one) { return compare(one, step) == 0; }))
        return fmt::format("{}: duplicate entries for key {}", path, to_string(step));
      seen.push_back(step);
    }
    if (std::string error = error_in(*schema.items, value[i], path + to_string(step)); !error.empty()) return error;
  }
  return "";
}

std::string error_in(const Schema& schema, const json& value, const std::string& path) {
  if (value.is_null()) return "";
  const auto expected = [&](const char* type) {
    return fmt::format("{}: expected {}, got {}", path, type, value.dump());
  };
  switch (schema.type) {
    case Schema::Type::structure:
    case Schema::Type::map:
      return value.is_object() ? error_in_map(schema, value, path) : expected("map");
    case Schema::Type::list:
      return value.is_array() ? error_in_list(schema, value, path) : expected("list");
    case Schema::Type::scalar:
      return fits(schema.scalar, value) ? "" : expected(schema.name.c_str());
    default:
      return "";
  }
}

}  // namespace

std::string typing_error(const Schema& schema, const json& value) { return error_in(schema, value, ""); }

}  // namespace mesh::simulator
