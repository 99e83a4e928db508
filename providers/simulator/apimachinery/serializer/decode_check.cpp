#include "providers/simulator/apimachinery/serializer/decode_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "providers/simulator/apimachinery/schema/quantity.h"

namespace mesh::simulator {
namespace {

using Json = nlohmann::ordered_json;

std::string member_path(const std::string& parent, const std::string& member) {
  return parent.empty() ? member : parent + "." + member;
}

bool is_base64(const std::string& text) {
  std::size_t digits = 0;
  std::size_t pads = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const bool digit =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (c != '=' && (!digit || pads > 0)) return false;
    ++(digit ? digits : pads);
  }
  // Padding may only complete the last four.
  return pads == (4 - digits % 4) % 4 && pads < 3;
}

bool is_time(const std::string& text, bool micro) {
  std::string shape = "dddd-dd-ddTdd:dd:dd";
  if (micro) shape += ".dddddd";
  const auto matches = [](char c, char expected) { return expected == 'd' ? c >= '0' && c <= '9' : c == expected; };
  return text.size() > shape.size() && std::equal(shape.begin(), shape.end(), text.begin(),
                                                  [&](char expected, char c) { return matches(c, expected); });
}

/// Walks in the order of the text; the first error stands.
class Check {
 public:
  DecodeFindings found;

  /// `typed`: not inside of a custom resource, which is held against its schema later.
  void visit(const Schema& schema, const Json& value, const std::string& path, bool typed) {
    if (value.is_null()) return;
    switch (schema.type) {
      case Schema::Type::structure:
        if (!value.is_object()) break;
        for (const auto& [name, member] : value.items()) visit_field(schema, name, member, member_path(path, name));
        return;
      case Schema::Type::map:
        if (!value.is_object()) break;
        for (const auto& [name, item] : value.items()) visit(*schema.items, item, member_path(path, name), typed);
        return;
      case Schema::Type::list:
        if (!value.is_array()) break;
        for (std::size_t i = 0; i < value.size(); ++i)
          visit(*schema.items, value[i], fmt::format("{}[{}]", path, i), typed);
        return;
      case Schema::Type::scalar:
        if (!fits(schema, value)) break;
        return;
      default:
        return;
    }
    if (typed && found.error.empty())
      found.error = fmt::format("{}: a value of type {} cannot be {}", path, schema.name, value.dump());
  }

 private:
  void visit_field(const Schema& schema, const std::string& name, const Json& member, const std::string& path) {
    const Field* field = schema.find(name);
    if (field != nullptr)
      visit(*field->schema, member, path, !schema.custom || name == "metadata");
    else if (!schema.keeps_unknown)
      found.unknown.push_back(fmt::format("unknown field \"{}\"", path));
  }

  static bool is_integer(const Schema& schema, const Json& value) {
    if (!value.is_number_integer()) return false;
    if (schema.scalar == Schema::Scalar::int64) return true;
    const auto number = value.get<std::int64_t>();
    return number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
  }

  static bool fits(const Schema& schema, const Json& value) {
    switch (schema.scalar) {
      case Schema::Scalar::boolean:
        return value.is_boolean();
      case Schema::Scalar::number:
        return value.is_number();
      case Schema::Scalar::int32:
      case Schema::Scalar::int64:
        return is_integer(schema, value);
      case Schema::Scalar::int_or_text:
        return value.is_string() || is_integer(schema, value);
      case Schema::Scalar::quantity:
        return canonical_quantity(value.is_string() ? value.get<std::string>() : value.dump()).has_value();
      case Schema::Scalar::time:
        return value.is_string() && is_time(value.get<std::string>(), schema.name == "micro_time");
      case Schema::Scalar::bytes:
        return value.is_string() && is_base64(value.get<std::string>());
      default:
        return value.is_string();
    }
  }
};

}  // namespace

DecodeFindings check_decode(const Schema& schema, const Json& value) {
  Check check;
  check.visit(schema, value, "", true);
  // Custom resources are pruned by schema, which reports what it cut in order.
  if (schema.custom) std::sort(check.found.unknown.begin(), check.found.unknown.end());
  return std::move(check.found);
}

}  // namespace mesh::simulator
