#include "engine/model/field_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/foreign_json.h"

namespace mesh {
namespace {

bool is_plain(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

/// The end of the JSON value that starts at `from`: a string, or a run without `,` and `]`.
std::size_t end_of_value(const std::string& text, std::size_t from) {
  if (from < text.size() && text[from] == '"') {
    std::size_t at = from + 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at + 1;
  }
  return std::min(text.find_first_of(",]", from), text.size());
}

/// Reads one `[…]`, `at` standing behind the bracket; moves `at` behind the closing one. False when malformed.
bool parse_bracket(const std::string& text, std::size_t& at, FieldPath& path) {
  const auto parse = [&](std::size_t from, std::size_t to) {
    return foreign_json_or_discarded(text.substr(from, to - from));
  };
  if (at < text.size() && text[at] == '=') {
    const std::size_t end = end_of_value(text, at + 1);
    nlohmann::json value = parse(at + 1, end);
    if (value.is_discarded() || end >= text.size() || text[end] != ']') return false;
    path.emplace_back(SetValue{std::move(value)});
    at = end + 1;
    return true;
  }
  if (at < text.size() && text[at] == '"') {
    const std::size_t end = end_of_value(text, at);
    if (end > text.size()) return false;
    const nlohmann::json name = parse(at, end);
    if (!name.is_string() || end >= text.size() || text[end] != ']') return false;
    path.emplace_back(FieldName{name.get<std::string>()});
    at = end + 1;
    return true;
  }
  nlohmann::json key = nlohmann::json::object();
  while (true) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string::npos) return false;
    const std::size_t end = end_of_value(text, equals + 1);
    if (end >= text.size()) return false;
    nlohmann::json value = parse(equals + 1, end);
    if (value.is_discarded()) return false;
    key[text.substr(at, equals - at)] = std::move(value);
    at = end + 1;
    if (text[end] == ']') break;
  }
  path.emplace_back(ListKey{std::move(key)});
  return true;
}

bool has_key(const nlohmann::json& item, const nlohmann::json& key) {
  if (!item.is_object()) return false;
  return std::all_of(key.items().begin(), key.items().end(), [&](const auto& field) {
    const auto it = item.find(field.key());
    return it != item.end() && *it == field.value();
  });
}

const nlohmann::json* step(const nlohmann::json& from, const PathElement& element) {
  if (const auto* field = std::get_if<FieldName>(&element)) {
    if (!from.is_object()) return nullptr;
    const auto it = from.find(field->name);
    return it == from.end() ? nullptr : &*it;
  }
  if (!from.is_array()) return nullptr;
  for (const nlohmann::json& item : from) {
    const auto* list_key = std::get_if<ListKey>(&element);
    const bool same = list_key != nullptr ? has_key(item, list_key->key) : item == std::get<SetValue>(element).value;
    if (same) return &item;
  }
  return nullptr;
}

}  // namespace

std::string to_string(const FieldPath& path) {
  std::string text;
  for (const PathElement& element : path) {
    if (const auto* field = std::get_if<FieldName>(&element)) {
      if (!is_plain(field->name)) {
        text += fmt::format("[{}]", nlohmann::json(field->name).dump());
      } else {
        if (!text.empty()) text += '.';
        text += field->name;
      }
    } else if (const auto* list_key = std::get_if<ListKey>(&element)) {
      std::string keys;
      for (const auto& [name, value] : list_key->key.items()) {
        if (!keys.empty()) keys += ',';
        keys += fmt::format("{}={}", name, value.dump());
      }
      text += fmt::format("[{}]", keys);
    } else {
      text += fmt::format("[={}]", std::get<SetValue>(element).value.dump());
    }
  }
  return text;
}

FieldPath parse_field_path(const std::string& text) {
  FieldPath path;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '[') {
      if (!parse_bracket(text, ++at, path)) return {};
      continue;
    }
    if (text[at] == '.') ++at;
    const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
    if (end == at) return {};
    path.emplace_back(FieldName{text.substr(at, end - at)});
    at = end;
  }
  return path;
}

std::string element_key(const PathElement& element) {
  if (const auto* field = std::get_if<FieldName>(&element)) return "f:" + field->name;
  if (const auto* key = std::get_if<ListKey>(&element)) return "k:" + key->key.dump();
  return "v:" + std::get<SetValue>(element).value.dump();
}

const nlohmann::json* find_value(const nlohmann::json& body, const FieldPath& path) {
  const nlohmann::json* at = &body;
  for (const PathElement& element : path) {
    at = step(*at, element);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace mesh
