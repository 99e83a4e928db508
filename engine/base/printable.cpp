#include "engine/base/printable.h"

#include <algorithm>

namespace mesh {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// How many bytes the UTF-8 character at the place has; 0 when there is no valid one, or a control character.
std::size_t printable_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return (lead < 0x20 && lead != '\t' && lead != '\n') || lead == 0x7F ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (lead > 0xF4 || length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  // U+0080 to U+009F steer terminals too.
  return lead == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0 ? 0 : length;
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

}  // namespace mesh
