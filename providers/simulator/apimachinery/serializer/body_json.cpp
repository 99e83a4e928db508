#include <fmt/format.h>

#include <set>

#include "providers/simulator/apimachinery/serializer/body_text.h"

namespace mesh::simulator {

namespace {

using Json = nlohmann::ordered_json;

/// Follows the reader's events to know where it stands.
class PlaceOf {
 public:
  std::vector<Duplicate> duplicates;

  bool event(Json::parse_event_t event, const Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        levels_.push_back({here(), event == Json::parse_event_t::array_start, 0, "", {}});
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        levels_.pop_back();
        next();
        break;
      case Json::parse_event_t::key:
        key(value.get<std::string>());
        break;
      default:
        next();
    }
    return true;
  }

 private:
  struct Level {
    std::string path;
    bool list = false;
    std::size_t at = 0;
    std::string key;
    std::set<std::string, std::less<>> seen;
  };

  std::string here() const {
    if (levels_.empty()) return "";
    const Level& level = levels_.back();
    return level.list ? fmt::format("{}[{}]", level.path, level.at) : member_path(level.path, level.key);
  }
  void next() {
    if (!levels_.empty() && levels_.back().list) ++levels_.back().at;
  }
  void key(std::string name) {
    Level& level = levels_.back();
    level.key = std::move(name);
    if (!level.seen.insert(level.key).second) duplicates.push_back({here(), level.key, 1});
  }

  std::vector<Level> levels_;
};

std::string go_words(const std::string& text, std::size_t byte) {
  if (byte == 0 || byte > text.size()) return "unexpected end of JSON input";
  std::size_t begin = byte - 1;
  while (begin > 0 && text[begin - 1] >= 'a' && text[begin - 1] <= 'z') --begin;
  const std::string read = text.substr(begin, byte - 1 - begin);
  for (const std::string literal : {"true", "false", "null"}) {
    if (!read.empty() && read.size() < literal.size() && literal.starts_with(read))
      return fmt::format("invalid character '{}' in literal {} (expecting '{}')", text[byte - 1], literal,
                         literal[read.size()]);
  }
  return fmt::format("invalid character '{}' looking for beginning of value", text[byte - 1]);
}

}  // namespace

std::string member_path(const std::string& parent, const std::string& member) {
  return parent.empty() ? member : parent + "." + member;
}

BodyText read_json(const std::string& text) {
  BodyText body;
  PlaceOf place;
  try {
    body.value =
        Json::parse(text, [&](int, Json::parse_event_t event, Json& value) { return place.event(event, value); });
  } catch (const Json::parse_error& error) {
    body.error = go_words(text, error.byte);
  }
  body.duplicates = std::move(place.duplicates);
  return body;
}

}  // namespace mesh::simulator
