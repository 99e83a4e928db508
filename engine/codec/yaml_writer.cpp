#include "engine/codec/yaml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "engine/base/lower_case.h"

namespace mesh {
namespace {

/// Readers give up on a key on one line beyond 1024 characters; such a key is written as `? key`.
constexpr std::size_t longest_simple_key = 1000;

/// The code point that starts at `at`; moves `at` behind it. U+FFFD for bytes that are no UTF-8.
char32_t next_code_point(const std::string& text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > text.size()) return 0xFFFD;
  char32_t point = first & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return 0xFFFD;
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  }
  constexpr std::array<char32_t, 4> least = {0, 0x80, 0x800, 0x10000};
  if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return 0xFFFD;
  at += more;
  return point;
}

bool printable(char32_t point) {
  return point >= 0xA0 && point != 0x2028 && point != 0x2029 && point != 0xFEFF && (point & 0xFFFEU) != 0xFFFE &&
         !(point >= 0xFDD0 && point <= 0xFDEF);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t point = next_code_point(text, at);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\t') {
      out += "\\t";
    } else if (point < 0x20 || point == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(point));
    } else if (point < 0x7F) {
      out += static_cast<char>(point);
    } else if (point == 0xFFFD) {
      out += "\xEF\xBF\xBD";
    } else if (printable(point)) {
      out.append(text, from, at - from);
    } else if (point > 0xFFFF) {
      out += fmt::format("\\U{:08x}", static_cast<unsigned>(point));
    } else {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
    }
  }
  return out + "\"";
}

std::string scalar(const nlohmann::json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return is_plain_yaml(text) ? text : quoted(text);
  }
  if (value.is_object()) return "{}";
  if (value.is_array()) return "[]";
  return value.dump();
}

enum class Level { top, metadata, inner };

std::size_t rank(const std::string& key, Level level) {
  static constexpr std::array<std::string_view, 3> top = {"apiVersion", "kind", "metadata"};
  static constexpr std::array<std::string_view, 4> metadata = {"name", "namespace", "labels", "annotations"};
  const auto position = [&](const auto& order) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), key) - order.begin());
  };
  if (level == Level::top) return position(top);
  if (level == Level::metadata) return position(metadata);
  return key == "name" ? 0 : 1;
}

class Writer {
 public:
  /// Writes a map or list that is not empty, each line at `indent` but the first, which goes on where the text stands.
  void block(const nlohmann::json& value, std::size_t indent, Level level) {
    if (value.is_object()) {
      map(value, indent, level);
    } else {
      list(value, indent);
    }
  }

  std::string text;

 private:
  void line(std::size_t indent) {
    text += '\n';
    text.append(indent, ' ');
  }

  static bool nested(const nlohmann::json& value) { return value.is_structured() && !value.empty(); }

  void map(const nlohmann::json& value, std::size_t indent, Level level) {
    std::vector<std::string> keys;
    for (const auto& [key, item] : value.items()) keys.push_back(key);
    std::stable_sort(keys.begin(), keys.end(),
                     [&](const auto& a, const auto& b) { return rank(a, level) < rank(b, level); });
    bool first = true;
    for (const std::string& key : keys) {
      if (!first) line(indent);
      first = false;
      const std::string name = scalar(key);
      const bool simple = name.size() < longest_simple_key;
      if (simple) {
        text += name + ":";
      } else {
        text += "? " + name;
        line(indent);
        text += ":";
      }
      const nlohmann::json& item = value[key];
      if (!nested(item)) {
        text += " " + scalar(item);
      } else {
        // Lists stand at the indentation of their key, as kubectl writes them.
        const std::size_t below = item.is_array() && simple ? indent : indent + 2;
        line(below);
        block(item, below, level == Level::top && key == "metadata" ? Level::metadata : Level::inner);
      }
    }
  }

  void list(const nlohmann::json& value, std::size_t indent) {
    bool first = true;
    for (const nlohmann::json& item : value) {
      if (!first) line(indent);
      first = false;
      text += "- ";
      if (nested(item)) {
        block(item, indent + 2, Level::inner);
      } else {
        text += scalar(item);
      }
    }
  }
};

}  // namespace

bool is_plain_yaml(const std::string& text) {
  static constexpr std::array<std::string_view, 9> reserved = {"null", "true", "false", "yes", "no",
                                                               "on",   "off",  "y",     "n"};
  static constexpr std::string_view inside = "_./-@%+=,()";
  if (text.empty()) return false;
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  // A digit or sign in front could make a number, a date or a time of day in some reader's eyes.
  if (!letter(text.front()) && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool last = i + 1 == text.size();
    if (letter(c) || (c >= '0' && c <= '9') || inside.find(c) != std::string_view::npos) continue;
    if (c == ' ' && !last && text[i + 1] != ' ') continue;
    if (c == ':' && !last && text[i + 1] != ' ') continue;
    return false;
  }
  std::string lower = lower_case(text);
  return std::find(reserved.begin(), reserved.end(), lower) == reserved.end();
}

std::string yaml_text(const nlohmann::json& object) {
  if (!object.is_structured() || object.empty()) return scalar(object) + "\n";
  Writer writer;
  writer.block(object, 0, Level::top);
  return writer.text + "\n";
}

}  // namespace mesh
