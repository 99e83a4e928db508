#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>

#include "providers/simulator/apimachinery/serializer/body_text.h"

namespace mesh::simulator {

namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 100;

template <std::size_t N>
bool one_of(const std::string& text, const std::array<std::string_view, N>& words) {
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
  static constexpr std::array<std::string_view, 5> nulls = {"", "~", "null", "Null", "NULL"};
  static constexpr std::array<std::string_view, 11> yes = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                                           "on",   "On",   "ON",   "y",   "Y"};
  static constexpr std::array<std::string_view, 11> no = {"false", "False", "FALSE", "no", "No", "NO",
                                                          "off",   "Off",   "OFF",   "n",  "N"};
  if (one_of(text, nulls)) return nullptr;
  if (one_of(text, yes)) return true;
  if (one_of(text, no)) return false;
  std::int64_t whole = 0;
  if (whole_number(text, whole)) return whole;
  double number = 0;
  if (text.find_first_of("0123456789") != std::string::npos &&
      text.find_first_not_of("0123456789+-.eE_") == std::string::npos && whole_number(text, number))
    return number;
  return text;
}

class Convert {
 public:
  std::vector<Duplicate> duplicates;

  Json node(const YAML::Node& from, const std::string& path, int depth = 0) {
    if (depth > deepest) throw YAML::Exception(from.Mark(), "exceeded max depth");
    switch (from.Type()) {
      case YAML::NodeType::Map:
        return map(from, path, depth);
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        std::size_t at = 0;
        for (const auto& item : from) list.push_back(node(item, fmt::format("{}[{}]", path, at++), depth + 1));
        return list;
      }
      case YAML::NodeType::Scalar:
        return from.Tag() == "?" || from.Tag().empty() ? plain(from.Scalar()) : Json(from.Scalar());
      default:
        return nullptr;
    }
  }

 private:
  Json map(const YAML::Node& from, const std::string& path, int depth) {
    Json object = Json::object();
    for (const auto& entry : from) {
      const Json plain_key = node(entry.first, path, depth + 1);
      // A word for a boolean is one as a key as well.
      const std::string key = plain_key.is_boolean() ? plain_key.dump() : entry.first.Scalar();
      if (object.contains(key)) duplicates.push_back({member_path(path, key), key, entry.first.Mark().line + 1});
      object[key] = node(entry.second, member_path(path, key), depth + 1);
    }
    return object;
  }
};

/// The end of the text counts to its last line, and what is missing there has another name.
std::string go_words(const std::string& text, int line, const std::string& why) {
  const auto last = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + (text.ends_with('\n') ? 0 : 1);
  return fmt::format("error converting YAML to JSON: yaml: line {}: {}", std::min(line, std::max(last, 1)),
                     why == "end of sequence flow not found" ? "did not find expected node content" : why);
}

}  // namespace

BodyText read_yaml(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && text[start] == '{')
    if (BodyText json = read_json(text); json.error.empty()) return json;
  BodyText body;
  try {
    Convert convert;
    body.value = convert.node(YAML::Load(text), "");
    body.duplicates = std::move(convert.duplicates);
  } catch (const YAML::Exception& error) {
    body.error = go_words(text, error.mark.line + 1, error.msg);
  }
  return body;
}

}  // namespace mesh::simulator
