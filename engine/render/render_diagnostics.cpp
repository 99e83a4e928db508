#include "engine/render/render_diagnostics.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/printable.h"

namespace mesh {
namespace {

constexpr const char* red = "\x1b[1;31m";
constexpr const char* yellow = "\x1b[1;33m";
constexpr const char* bold = "\x1b[1m";
constexpr const char* dim = "\x1b[2m";
constexpr const char* cyan = "\x1b[36m";

/// The most bytes of a source line that are shown, and how many of them stand before the caret when it is cut.
constexpr std::size_t longest_line = 160;
constexpr std::size_t before_caret = 60;

std::string paint(Color color, const char* with, const std::string& text) {
  if (color == Color::off || text.empty()) return text;
  return fmt::format("{}{}\x1b[0m", with, text);
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Hides user and password of URLs behind as many asterisks, so that columns stay.
std::string mask_credentials(std::string line) {
  for (auto at = line.find("://"); at != std::string::npos; at = line.find("://", at + 3)) {
    const auto begin = at + 3;
    const auto end = std::min(line.find_first_of("/?# \t\"'", begin), line.size());
    const auto user_end = line.substr(begin, end - begin).rfind('@');
    if (user_end == std::string::npos || user_end == 0) continue;
    // `ssh://git@host` names an account; in http even the name alone may be a token.
    const bool web = line.substr(0, at).ends_with("http") || line.substr(0, at).ends_with("https");
    const bool password = line.substr(begin, user_end).find(':') != std::string::npos;
    if (web || password) line.replace(begin, user_end, user_end, '*');
  }
  return line;
}

struct Excerpt {
  std::string text;
  /// Bytes before the caret.
  std::size_t offset = 0;
};

/// The part of a line around a byte, cut at characters.
Excerpt excerpt(std::string line, std::size_t offset) {
  offset = std::min(offset, line.size());
  if (line.size() <= longest_line) return {std::move(line), offset};
  std::size_t begin = offset > before_caret ? offset - before_caret : 0;
  while (begin > 0 && is_continuation(line[begin])) --begin;
  std::size_t end = std::min(begin + longest_line, line.size());
  while (end < line.size() && is_continuation(line[end])) ++end;
  return {line.substr(begin, end - begin), offset - begin};
}

/// White space as wide as the text, tabs kept so that both lines jump alike.
std::string padding(std::string_view text) {
  std::string spaces;
  for (const char byte : text) {
    if (!is_continuation(byte)) spaces += byte == '\t' ? '\t' : ' ';
  }
  return spaces;
}

std::string source_block(const Position& at, const std::string& line, Color color, const char* severity_color) {
  const auto shown = excerpt(mask_credentials(printable_lines(line)), at.column == 0 ? 0 : at.column - 1);
  const std::string margin = paint(color, dim, fmt::format("{:>5} |", at.line));
  std::string block = fmt::format("{} {}\n", margin, shown.text);
  if (at.column == 0) return block;
  const std::string pad = padding(std::string_view(shown.text).substr(0, shown.offset));
  return block + fmt::format("{} {}{}\n", paint(color, dim, "      |"), pad, paint(color, severity_color, "^"));
}

/// `  label: text`, the text's further lines below its first; no line end.
std::string labelled(const std::string& label, const std::string& text) {
  std::string block = fmt::format("  {:<7}", label + ":");
  for (const char c : printable_lines(text)) {
    block += c;
    if (c == '\n') block += "         ";
  }
  return block;
}

std::string render_one(const Diagnostic& found, Color color, const SourceLine& source_line) {
  const bool error = found.severity == Severity::error;
  const char* severity_color = error ? red : yellow;
  std::string place = found.at ? to_string(*found.at) : std::string();
  if (!place.empty() && !found.where.empty()) place += ": ";
  place = printable(place + found.where);
  const std::string severity = fmt::format("{}[{}]", error ? "error" : "warning", to_string(found.code));
  std::string block;
  if (!place.empty()) block += paint(color, bold, place + ":") + " ";
  block += fmt::format("{}: {}\n", paint(color, severity_color, severity), printable(found.summary));
  if (found.at && found.at->line > 0 && source_line) {
    if (const auto line = source_line(*found.at)) block += source_block(*found.at, *line, color, severity_color);
  }
  if (!found.cause.empty()) block += labelled("cause", found.cause) + "\n";
  if (!found.hint.empty()) block += paint(color, cyan, labelled("hint", found.hint)) + "\n";
  return block;
}

}  // namespace

std::string render_diagnostics(const Diagnostics& diagnostics, Color color, const SourceLine& source_line) {
  std::string text;
  for (const Diagnostic& found : diagnostics) {
    if (!text.empty()) text += '\n';
    text += render_one(found, color, source_line);
  }
  return text;
}

}  // namespace mesh
