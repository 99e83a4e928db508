#include "engine/codec/json_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/suggest.h"

namespace mesh {
namespace {

std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string JsonPlace::pointer() const {
  if (parent == nullptr) return {};
  return fmt::format("{}/{}", parent->pointer(), key.data() == nullptr ? std::to_string(index) : escaped(key));
}

void JsonProblems::add(const JsonPlace& place, std::string summary, std::string cause, std::string own_hint) {
  const std::string pointer = place.pointer();
  found.push_back({.code = code,
                   .at = Position{file, 0, 0},
                   .summary = std::move(summary),
                   .cause = fmt::format("`{}` {}", pointer.empty() ? "/" : pointer, cause),
                   .hint = own_hint.empty() ? hint : std::move(own_hint)});
}

JsonObjectReader::JsonObjectReader(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems)
    : place_(place), problems_(problems) {
  if (value.is_object()) {
    object_ = &value;
  } else {
    problems_.add(place, "field has the wrong type", fmt::format("must be an object, not {}", value.type_name()));
  }
}

const nlohmann::json* JsonObjectReader::find(std::string_view key) {
  if (object_ == nullptr) return nullptr;
  known_.push_back(key);
  const auto it = object_->find(key);
  if (it != object_->end()) return &*it;
  problems_.add(below(key), "field is missing", "is not there");
  return nullptr;
}

void JsonObjectReader::wrong_type(std::string_view key, const nlohmann::json& value, std::string_view expected) {
  problems_.add(below(key), "field has the wrong type", fmt::format("must be {}, not {}", expected, value.type_name()));
}

void JsonObjectReader::wrong_value(std::string_view key, std::string_view value, std::string_view expected) {
  problems_.add(below(key), "field has a value that cannot be",
                fmt::format("must be {}, not `{}`", expected, value.substr(0, 80)));
}

bool JsonObjectReader::has_text(std::string_view key) const {
  if (object_ == nullptr) return false;
  const auto it = object_->find(key);
  return it != object_->end() && it->is_string();
}

std::string JsonObjectReader::text(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  wrong_type(key, *value, "a string");
  return {};
}

std::optional<std::string> JsonObjectReader::text_or_null(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  wrong_type(key, *value, "a string or null");
  return std::nullopt;
}

bool JsonObjectReader::flag(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  wrong_type(key, *value, "true or false");
  return false;
}

std::uint64_t JsonObjectReader::number(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  wrong_type(key, *value, "a whole number from 0 on");
  return 0;
}

double JsonObjectReader::real(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return 0;
  if (value->is_number()) return value->get<double>();
  wrong_type(key, *value, "a number");
  return 0;
}

const nlohmann::json& JsonObjectReader::any(std::string_view key) {
  static const nlohmann::json nothing;
  const nlohmann::json* value = find(key);
  return value == nullptr ? nothing : *value;
}

const nlohmann::json* JsonObjectReader::object_or_null(std::string_view key) {
  const nlohmann::json* value = find(key);
  if (value == nullptr || value->is_null()) return nullptr;
  if (value->is_object()) return value;
  wrong_type(key, *value, "an object or null");
  return nullptr;
}

const nlohmann::json* JsonObjectReader::list_of(std::string_view key, bool or_null) {
  const nlohmann::json* value = find(key);
  if (value == nullptr || (or_null && value->is_null())) return nullptr;
  if (value->is_array()) return value;
  wrong_type(key, *value, or_null ? "a list or null" : "a list");
  return nullptr;
}

std::vector<std::string> JsonObjectReader::texts(std::string_view key) {
  std::vector<std::string> found;
  list(key, [&](const nlohmann::json& item, const JsonPlace& place) {
    if (item.is_string()) {
      found.push_back(item.get<std::string>());
    } else {
      problems_.add(place, "field has the wrong type", fmt::format("must be a string, not {}", item.type_name()));
    }
  });
  return found;
}

void JsonObjectReader::finish() {
  if (object_ == nullptr) return;
  for (const auto& [key, value] : object_->items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    problems_.add(below(key), "unknown field", "is not a field of this format",
                  did_you_mean(key, {known_.begin(), known_.end()}));
  }
}

}  // namespace mesh
