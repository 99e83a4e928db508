#include "engine/base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mesh {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// The code point at the place and how many bytes it has; length 0 when there is no valid one (RFC 3629).
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {};
  char32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return {};
    value = value << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least.at(length) || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

/// What moves a cursor, ends a line or turns the direction of what follows: C0 but for line feed and tab, DEL, C1, the
/// separators of lines and the marks of the bidirectional algorithm (UAX 9).
bool steers(char32_t point) {
  if (point == U'\n' || point == U'\t') return false;
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x61C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/// How many bytes the character at the place has; 0 when it may not be shown.
std::size_t printable_length(std::string_view text, std::size_t at) {
  const CodePoint point = code_point_at(text, at);
  return steers(point.value) ? 0 : point.length;
}

/// `ESC [ digits ; … m`: a colour. 0: something else is there.
std::size_t colour_length(std::string_view text, std::size_t at) {
  if (text[at] != '\x1b' || at + 1 >= text.size() || text[at + 1] != '[') return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", at + 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 - at : 0;
}

}  // namespace

std::string printable_lines(std::string_view text) {
  std::string safe(text);
  for (std::size_t at = 0; at < safe.size();) {
    const std::size_t length = printable_length(text, at);
    if (length == 0) safe[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
  return safe;
}

std::string printable(std::string_view text) {
  std::string safe = printable_lines(text);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return safe;
}

std::string terminal_text(std::string_view text) {
  std::string safe(text);
  for (std::size_t at = 0; at < safe.size();) {
    const std::size_t length = std::max(printable_length(text, at), colour_length(text, at));
    if (length == 0) safe[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
  return safe;
}

std::size_t incomplete_tail(std::string_view text) {
  // The longest of what may be cut: a character of four bytes, a colour.
  constexpr std::size_t longest = 16;
  for (std::size_t at = text.size() - std::min(text.size(), longest); at < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    const bool cut_colour =
        text[at] == '\x1b' && text.find_first_not_of("0123456789;", std::min(at + 2, text.size())) == text.npos;
    if (cut_colour || at + length > text.size()) return text.size() - at;
  }
  return 0;
}

std::string escaped_json(std::string dumped) {
  const auto first =
      std::find_if(dumped.begin(), dumped.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x7F; });
  if (first == dumped.end()) return dumped;
  std::string safe;
  safe.reserve(dumped.size());
  for (std::size_t at = 0; at < dumped.size();) {
    const CodePoint point = code_point_at(dumped, at);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.value >= 0x7F && steers(point.value)) {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      safe.append(dumped, at, length);
    }
    at += length;
  }
  return safe;
}

}  // namespace mesh
