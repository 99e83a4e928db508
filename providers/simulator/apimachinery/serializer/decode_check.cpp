#include "providers/simulator/apimachinery/serializer/decode_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>

#include "providers/simulator/apimachinery/schema/quantity.h"
#include "providers/simulator/apimachinery/serializer/body_text.h"
#include "providers/simulator/apimachinery/serializer/go_text.h"

namespace mesh::simulator {

namespace {

using Json = nlohmann::ordered_json;

/// Walks in the order of the text; the first error stands.
class Check {
 public:
  DecodeFindings found;

  void visit(const Schema& schema, const Json& value) {
    if (value.is_null()) return;
    switch (schema.type) {
      case Schema::Type::structure:
        return value.is_object() ? visit_structure(schema, value) : wrong(schema, value);
      case Schema::Type::map:
        if (!value.is_object()) return wrong(schema, value);
        for (const auto& [name, item] : value.items()) {
          const std::string before = exact_;
          exact_ = member_path(exact_, name);
          visit(*schema.items, item);
          exact_ = before;
        }
        return;
      case Schema::Type::list:
        return value.is_array() ? visit_list(schema, value) : wrong(schema, value);
      case Schema::Type::scalar:
        return visit_scalar(schema, value);
      default:
        return;
    }
  }

 private:
  void visit_structure(const Schema& schema, const Json& value) {
    const auto before = std::tuple(go_path_, exact_, owner_, go_type_);
    for (const auto& [name, member] : value.items()) {
      const Field* field = schema.find(name);
      exact_ = member_path(std::get<1>(before), name);
      // A custom resource's metadata alone is read into a Go type, and its path starts there.
      const bool meta = schema.custom && name == "metadata";
      go_path_ = meta ? "" : member_path(std::get<0>(before), name);
      owner_ = &schema;
      go_type_ = field == nullptr ? "" : field->go_type;
      if (field == nullptr) {
        if (!schema.keeps_unknown) found.unknown.push_back(fmt::format("unknown field \"{}\"", exact_));
      } else {
        visit(*field->schema, member);
      }
    }
    std::tie(go_path_, exact_, owner_, go_type_) = before;
  }

  void visit_list(const Schema& schema, const Json& value) {
    const std::string before = exact_;
    std::size_t at = 0;
    for (const Json& item : value) {
      exact_ = fmt::format("{}[{}]", before, at++);
      visit(*schema.items, item);
    }
    exact_ = before;
  }

  void report(std::string error) {
    if (found.error.empty()) found.error = std::move(error);
  }

  std::string go_name(const Schema& schema) const {
    switch (schema.type) {
      case Schema::Type::structure:
        return schema.package + "." + schema.name;
      case Schema::Type::list:
        return fmt::format("[]{}", go_name(*schema.items));
      case Schema::Type::map:
        return fmt::format("map[string]{}", go_name(*schema.items));
      default:
        break;
    }
    switch (schema.scalar) {
      case Schema::Scalar::boolean:
        return "bool";
      case Schema::Scalar::int64:
        return "int64";
      case Schema::Scalar::int32:
      case Schema::Scalar::int_or_text:
        return "int32";
      case Schema::Scalar::number:
        return "float64";
      case Schema::Scalar::bytes:
        return "[]uint8";
      default:
        return "string";
    }
  }

  void wrong(const Schema& schema, const Json& value) {
    if (owner_ != nullptr && owner_->custom && schema.package == "v1" && schema.name == "ObjectMeta" &&
        !value.is_null())
      return report(fmt::format("json: cannot unmarshal {} into Go value of type v1.ObjectMeta",
                                json_type_name(nlohmann::json(value))));
    // Custom resources are held against their schema later.
    if (schema.custom || owner_ == nullptr || owner_->custom) return;
    std::string type = go_name(schema);
    if (schema.type == Schema::Type::scalar && !go_type_.empty())
      type = go_type_.find('.') == std::string::npos ? owner_->package + "." + go_type_ : go_type_;
    const bool literal = value.is_number() && type.starts_with("int");
    report(fmt::format("json: cannot unmarshal {}{} into Go struct field {}.{} of type {}",
                       json_type_name(nlohmann::json(value)), literal ? fmt::format(" {}", value.dump()) : "",
                       owner_->name, go_path_, type));
  }

  void visit_scalar(const Schema& schema, const Json& value) {
    if (schema.custom) return;
    switch (schema.scalar) {
      case Schema::Scalar::text:
        return value.is_string() ? void() : wrong(schema, value);
      case Schema::Scalar::boolean:
        return value.is_boolean() ? void() : wrong(schema, value);
      case Schema::Scalar::number:
        return value.is_number() ? void() : wrong(schema, value);
      case Schema::Scalar::int32:
      case Schema::Scalar::int64:
        return fits(schema, value) ? void() : wrong(schema, value);
      case Schema::Scalar::int_or_text:
        return value.is_string() || fits(schema, value) ? void() : wrong(schema, value);
      case Schema::Scalar::quantity: {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        return canonical_quantity(text) ? void() : report(quantity_error());
      }
      case Schema::Scalar::time:
        return value.is_string() ? check_time(value.get<std::string>(), schema.name == "micro_time")
                                 : wrong(schema, value);
      default:
        if (!value.is_string()) return wrong(schema, value);
        if (std::string why = base64_error(value.get<std::string>()); !why.empty()) report(std::move(why));
    }
  }

  static bool fits(const Schema& schema, const Json& value) {
    if (!value.is_number_integer()) return false;
    if (schema.scalar == Schema::Scalar::int64) return true;
    const auto number = value.get<std::int64_t>();
    return number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
  }

  void check_time(const std::string& text, bool micro) {
    static const std::string shape = "dddd-dd-ddTdd:dd:dd";
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const bool good = i < text.size() && (shape[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i]);
      if (good) continue;
      return report(fmt::format(R"(parsing time "{0}" as "2006-01-02T15:04:05{1}Z07:00": cannot parse "{0}" as "2006")",
                                text, micro ? ".000000" : ""));
    }
    const std::string rest = text.substr(shape.size());
    if (micro && (rest.size() < 7 || rest.find_first_not_of("0123456789", 1) < 7))
      report(fmt::format(R"(parsing time "{}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "{}" as ".000000")",
                         text, rest));
  }

  /// Path for type errors: no indexes, no keys of maps.
  std::string go_path_;
  std::string exact_;
  const Schema* owner_ = nullptr;
  std::string go_type_;
};

}  // namespace

const char* quantity_error() {
  return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

DecodeFindings check_decode(const Schema& schema, const Json& value) {
  Check check;
  check.visit(schema, value);
  // Custom resources are pruned by schema, which tells what it cut in order.
  if (schema.custom) std::sort(check.found.unknown.begin(), check.found.unknown.end());
  return std::move(check.found);
}

std::string base64_error(const std::string& text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') continue;
    const bool digit =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (digit) {
      ++digits;
      continue;
    }
    // Padding may only complete the last four.
    const bool padding = c == '=' && digits % 4 >= 2 && text.find_first_not_of("=\r\n", i) == std::string::npos;
    const auto pads = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (padding && (digits + pads) % 4 == 0) return "";
    return fmt::format("illegal base64 data at input byte {}", i);
  }
  return digits % 4 == 0 ? "" : fmt::format("illegal base64 data at input byte {}", text.size() - digits % 4);
}

}  // namespace mesh::simulator
