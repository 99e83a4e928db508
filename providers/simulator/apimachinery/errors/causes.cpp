#include "providers/simulator/apimachinery/errors/causes.h"

#include <fmt/format.h>

namespace mesh::simulator {

using nlohmann::json;

void Causes::add(const std::string& reason, const std::string& field, const std::string& message) {
  all.push_back({reason, message, field});
}

void Causes::required(const std::string& field, const std::string& why) {
  add("FieldValueRequired", field, why.empty() ? "Required value" : "Required value: " + why);
}

void Causes::invalid(const std::string& field, const json& value, const std::string& why) {
  invalid_text(field, value.dump(), why);
}

void Causes::invalid_text(const std::string& field, const std::string& value, const std::string& why) {
  add("FieldValueInvalid", field, fmt::format("Invalid value: {}: {}", value, why));
}

void Causes::not_supported(const std::string& field, const json& value, const std::vector<std::string>& supported) {
  std::string list;
  for (const std::string& one : supported) list += (list.empty() ? "" : ", ") + json(one).dump();
  add("FieldValueNotSupported", field, fmt::format("Unsupported value: {}: supported values: {}", value.dump(), list));
}

void Causes::duplicate(const std::string& field, const json& value) {
  add("FieldValueDuplicate", field, "Duplicate value: " + value.dump());
}

void Causes::forbidden(const std::string& field, const std::string& why) {
  add("FieldValueForbidden", field, "Forbidden: " + why);
}

void Causes::not_found(const std::string& field, const json& value) {
  add("FieldValueNotFound", field, "Not found: " + value.dump());
}

void Causes::too_long(const std::string& field, std::size_t most) {
  add("FieldValueTooLong", field, fmt::format("Too long: may not be more than {} bytes", most));
}

std::string at_index(const std::string& field, std::size_t index) { return fmt::format("{}[{}]", field, index); }

const json& member_of(const json& object, const char* name) {
  static const json none;
  if (!object.is_object()) return none;
  const auto at = object.find(name);
  return at == object.end() ? none : *at;
}

std::string text_member(const json& object, const char* name) {
  const json& member = member_of(object, name);
  return member.is_string() ? member.get<std::string>() : "";
}

long number_member(const json& object, const char* name) {
  const json& member = member_of(object, name);
  return member.is_number() ? member.get<long>() : 0;
}

}  // namespace mesh::simulator
