#include "providers/simulator/apimachinery/errors/causes.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::simulator {

using nlohmann::json;

void Causes::add(const std::string& reason, const std::string& field, const std::string& message) {
  const auto known = [&](const Cause& cause) { return cause.reason == reason && cause.field == field; };
  if (std::none_of(all.begin(), all.end(), known)) all.push_back({reason, message, field});
}

void Causes::required(const std::string& field, const std::string& why) {
  add("FieldValueRequired", field, why.empty() ? "Required value" : "Required value: " + why);
}

void Causes::invalid(const std::string& field, const json& value, const std::string& why) {
  add("FieldValueInvalid", field, fmt::format("Invalid value: {}: {}", value.dump(), why));
}

void Causes::duplicate(const std::string& field, const json& value) {
  add("FieldValueDuplicate", field, "Duplicate value: " + value.dump());
}

void Causes::forbidden(const std::string& field, const std::string& why) {
  add("FieldValueForbidden", field, "Forbidden: " + why);
}

void Causes::invalid_if(const std::string& why, const std::string& field, const json& value) {
  if (!why.empty()) invalid(field, value, why);
}

void Causes::too_long_if(bool is_longer, const std::string& field, std::size_t most) {
  if (is_longer) add("FieldValueTooLong", field, fmt::format("Too long: may not be more than {} bytes", most));
}

void Causes::one_of(const std::string& field, const std::string& value, std::initializer_list<const char*> supported) {
  if (std::find(supported.begin(), supported.end(), value) != supported.end()) return;
  add("FieldValueNotSupported", field,
      fmt::format("Unsupported value: {}: supported values: {}", json(value).dump(), fmt::join(supported, ", ")));
}

void Causes::not_negative(const std::string& field, const json& number) {
  if (number.is_number() && number < 0) invalid(field, number, "must be greater than or equal to 0");
}

std::string at_index(const std::string& field, std::size_t index) { return fmt::format("{}[{}]", field, index); }

}  // namespace mesh::simulator
