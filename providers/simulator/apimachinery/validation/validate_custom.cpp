#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/serializer/body_text.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

std::string type_named(const Schema& schema) {
  switch (schema.type) {
    case Schema::Type::structure:
    case Schema::Type::map:
      return "object";
    case Schema::Type::list:
      return "array";
    default:
      break;
  }
  switch (schema.scalar) {
    case Schema::Scalar::boolean:
      return "boolean";
    case Schema::Scalar::int32:
    case Schema::Scalar::int64:
      return "integer";
    case Schema::Scalar::number:
      return "number";
    default:
      return "string";
  }
}

std::string type_of(const json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  if (value.is_null()) return "null";
  return value.is_number_integer() ? "integer" : "number";
}

class CustomCheck {
 public:
  Causes& causes;
  /// Something so wrong that rules between fields are not looked at.
  bool blocked = false;

  void visit(const Schema& schema, const json& value, const std::string& path) {
    if (schema.type == Schema::Type::any || schema.scalar == Schema::Scalar::int_or_text) return;
    const std::string desired = type_named(schema);
    const std::string given = type_of(value);
    const bool number = desired == "number" && given == "integer";
    if (given != desired && !number) return wrong_type(path, desired, given);
    limits(schema, value, path);
    if (schema.type == Schema::Type::structure) structure(schema, value, path);
    if (schema.type == Schema::Type::map)
      for (const auto& [name, item] : value.items()) visit(*schema.items, item, member_path(path, name));
    if (schema.type == Schema::Type::list)
      for (std::size_t i = 0; i < value.size(); ++i) visit(*schema.items, value[i], at_index(path, i));
  }

  void structure(const Schema& schema, const json& value, const std::string& path) {
    std::vector<std::string> names;
    for (const auto& [name, member] : value.items()) names.push_back(name);
    for (const std::string& name : schema.required)
      if (!value.contains(name)) names.push_back(name);
    // Missing members are told after those of deeper ones.
    for (const std::string& name : names) {
      const Field* field = schema.find(name);
      if (field != nullptr && value.contains(name)) visit(*field->schema, value.at(name), member_path(path, name));
    }
    for (const std::string& name : names) {
      if (value.contains(name)) continue;
      causes.required(member_path(path, name));
      blocked = true;
    }
  }

 private:
  void wrong_type(const std::string& path, const std::string& desired, const std::string& given) {
    blocked = true;
    causes.add("FieldValueTypeInvalid", path,
               fmt::format("Invalid value: \"{0}\": {1} in body must be of type {2}: \"{0}\"", given, path, desired));
  }

  void limits(const Schema& schema, const json& value, const std::string& path) {
    const json& all = schema.limits;
    if (!all.is_object()) return;
    if (all.contains("enum")) {
      const json& allowed = all.at("enum");
      if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        causes.not_supported(path, value, allowed.get<std::vector<std::string>>());
        blocked = true;
      }
    }
    if (all.contains("minimum") && value < all.at("minimum"))
      causes.invalid(path, value,
                     fmt::format("{} in body should be greater than or equal to {}", path, all.at("minimum").dump()));
    if (all.contains("maximum") && value > all.at("maximum"))
      causes.invalid(path, value,
                     fmt::format("{} in body should be less than or equal to {}", path, all.at("maximum").dump()));
    sizes(all, value, path);
  }

  void sizes(const json& all, const json& value, const std::string& path) {
    const std::size_t size = value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
    if (all.contains("minLength") && size < all.at("minLength").get<std::size_t>())
      causes.invalid(path, value,
                     fmt::format("{} in body should be at least {} chars long", path, all.at("minLength").dump()));
    if (all.contains("maxLength") && size > all.at("maxLength").get<std::size_t>()) {
      causes.too_long(path, all.at("maxLength").get<std::size_t>());
      blocked = true;
    }
    if (all.contains("minItems") && size < all.at("minItems").get<std::size_t>())
      causes.invalid(path, size,
                     fmt::format("{} in body should have at least {} items", path, all.at("minItems").dump()));
    if (all.contains("maxItems") && size > all.at("maxItems").get<std::size_t>()) {
      causes.add("FieldValueTooMany", path,
                 fmt::format("Too many: {}: must have at most {} items", size, all.at("maxItems").dump()));
      blocked = true;
    }
  }
};

}  // namespace

void validate_custom(const Write& write, const json& object, Causes& causes) {
  if (const std::string kind = text_member(object, "kind"); kind != write.kind)
    return causes.invalid("kind", kind, "must be " + write.kind);
  const Schema& schema = schema_for(write);
  CustomCheck check{causes};
  for (const auto& [name, field] : schema.fields) {
    if (name == "apiVersion" || name == "kind" || name == "metadata") continue;
    if (object.contains(name)) check.visit(*field.schema, object.at(name), name);
  }
  for (const std::string& name : schema.required) {
    if (!object.contains(name)) {
      causes.required(name);
      check.blocked = true;
    }
  }
  for (const Cause& cause : causes.all)
    check.blocked = check.blocked || (cause.reason == "FieldValueRequired" && cause.field == "metadata.name");
  if (check.blocked) {
    causes.invalid(
        "<nil>", nullptr,
        "some validation rules were not checked because the object was invalid; correct the existing errors to "
        "complete validation");
  }
}

}  // namespace mesh::simulator
