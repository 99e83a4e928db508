#include <fmt/format.h>

#include "providers/simulator/apimachinery/schema/quantity.h"
#include "providers/simulator/apimachinery/serializer/decode_check.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

const char* kind_of(const json& value) {
  if (value.is_object()) return "map";
  if (value.is_array()) return "slice";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  return value.is_number_float() ? "float64" : "int64";
}

std::string scalar_error(const Schema& schema, const json& value) {
  switch (schema.scalar) {
    case Schema::Scalar::text:
      return value.is_string() ? "" : "unrecognized type: string";
    case Schema::Scalar::boolean:
      return value.is_boolean() ? "" : "unrecognized type: bool";
    case Schema::Scalar::int32:
    case Schema::Scalar::int64: {
      const char* type = schema.scalar == Schema::Scalar::int32 ? "int32" : "int64";
      if (value.is_number_float()) return fmt::format("cannot convert float64 to {}", type);
      return value.is_number() ? "" : fmt::format("unrecognized type: {}", type);
    }
    case Schema::Scalar::int_or_text:
      if (value.is_string() || value.is_number_integer()) return "";
      return fmt::format("json: cannot unmarshal {} into Go value of type int32",
                         value.is_boolean() ? "bool" : kind_of(value));
    case Schema::Scalar::quantity:
      return canonical_quantity(value.is_string() ? value.get<std::string>() : value.dump()) ? "" : quantity_error();
    case Schema::Scalar::bytes: {
      if (!value.is_string()) return fmt::format("cannot restore slice from {}", kind_of(value));
      const std::string why = base64_error(value.get<std::string>());
      return why.empty() ? "" : "error decoding from json: " + why;
    }
    default:
      return "";
  }
}

}  // namespace

std::string convert_error(const Schema& schema, const json& value) {
  if (value.is_null() || schema.custom) return "";
  if (schema.type == Schema::Type::scalar) return scalar_error(schema, value);
  if (schema.type == Schema::Type::any) return "";
  const bool list = schema.type == Schema::Type::list;
  if (list && !value.is_array()) return fmt::format("cannot restore slice from {}", kind_of(value));
  if (schema.type == Schema::Type::map && !value.is_object())
    return fmt::format("cannot restore map from {}", kind_of(value));
  if (!list && !value.is_object()) return fmt::format("cannot restore struct from: {}", kind_of(value));
  for (const auto& [name, member] : value.items()) {
    const Field* field = schema.find(name);
    const Schema* inner =
        schema.type == Schema::Type::structure ? (field == nullptr ? nullptr : field->schema) : schema.items;
    if (inner == nullptr) continue;
    if (std::string error = convert_error(*inner, member); !error.empty()) return error;
  }
  return "";
}

}  // namespace mesh::simulator
