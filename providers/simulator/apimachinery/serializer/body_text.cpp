#include "providers/simulator/apimachinery/serializer/body_text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace mesh::simulator {
namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 100;

bool equals_any(const std::string& text, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <class Number>
bool whole_number(const std::string& text, Number& number) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  if (begin == end) return false;
  const auto [at, error] = std::from_chars(begin, end, number);
  return error == std::errc() && at == end;
}

/// A plain scalar's type by YAML 1.1.
Json plain(const std::string& text) {
  if (equals_any(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (equals_any(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})) return true;
  if (equals_any(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"})) return false;
  std::int64_t whole = 0;
  if (whole_number(text, whole)) return whole;
  double number = 0;
  if (text.find_first_of("0123456789") != std::string::npos &&
      text.find_first_not_of("0123456789+-.eE_") == std::string::npos && whole_number(text, number))
    return number;
  return text;
}

Json tree_of(const YAML::Node& from, int depth = 0) {
  if (depth > deepest) throw YAML::Exception(from.Mark(), "exceeded max depth");
  switch (from.Type()) {
    case YAML::NodeType::Map: {
      Json object = Json::object();
      for (const auto& entry : from) {
        // A word for a boolean is one as a key as well.
        const Json key = tree_of(entry.first, depth + 1);
        object[key.is_boolean() ? key.dump() : entry.first.Scalar()] = tree_of(entry.second, depth + 1);
      }
      return object;
    }
    case YAML::NodeType::Sequence: {
      Json list = Json::array();
      for (const auto& item : from) list.push_back(tree_of(item, depth + 1));
      return list;
    }
    case YAML::NodeType::Scalar:
      return from.Tag() == "?" || from.Tag().empty() ? plain(from.Scalar()) : Json(from.Scalar());
    default:
      return nullptr;
  }
}

}  // namespace

ApiResult<Json> read_json(const std::string& text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return tl::unexpected(bad_request(fmt::format("invalid JSON at byte {}", error.byte)));
  }
}

ApiResult<Json> read_yaml(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && text[start] == '{')
    if (auto json = read_json(text)) return json;
  try {
    return tree_of(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return tl::unexpected(bad_request(fmt::format("yaml: line {}: {}", error.mark.line + 1, error.msg)));
  }
}

}  // namespace mesh::simulator
