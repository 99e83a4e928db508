#include "providers/kubernetes/kubeconfig/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/lower_case.h"

namespace mesh::kubernetes {
namespace {

constexpr std::string_view hidden = "[hidden]";

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '_' || c == '.' || c == '=' ||
         c == '-' || c == '~';
}

/// A random-looking piece of text: long, and of mixed character classes as base64 and hex are and words are not.
bool looks_random(std::string_view piece) {
  bool upper = false;
  bool lower = false;
  bool digit = false;
  bool dash = false;
  for (const char c : piece) {
    const auto u = static_cast<unsigned char>(c);
    upper = upper || std::isupper(u) != 0;
    lower = lower || std::islower(u) != 0;
    digit = digit || std::isdigit(u) != 0;
    dash = dash || c == '-';
  }
  if (piece.size() >= 20 && upper && lower && digit) return true;
  if (piece.size() >= 32 && digit && (upper || lower) && !dash) return true;
  return piece.size() >= 40 && upper && lower && !dash;
}

/// Whether the word announces that a credential follows.
bool announces(std::string_view word) {
  static constexpr std::array<std::string_view, 7> ends = {"bearer", "basic",         "token", "password",
                                                           "passwd", "client_secret", "secret"};
  const std::string lower = lower_case(word);
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return lower.ends_with(end); });
}

std::string hide_word(std::string_view word) {
  if (word.starts_with("eyJ")) return std::string(hidden);
  // A word with `=` inside is an assignment: `--token=abc`, `access_token=abc`.
  if (const auto equals = word.find('='); equals != std::string_view::npos && equals + 1 < word.size()) {
    const std::string_view name = word.substr(0, equals);
    if (announces(name)) return std::string(name) + "=" + std::string(hidden);
  }
  std::string shown;
  std::size_t start = 0;
  while (start <= word.size()) {
    const std::size_t end = std::min(word.find_first_of("/.", start), word.size());
    const std::string_view piece = word.substr(start, end - start);
    shown += looks_random(piece) ? hidden : piece;
    if (end < word.size()) shown += word[end];
    start = end + 1;
  }
  // Standard base64 has slashes, so the pieces may each be too short: judge such a word as a whole, unless it is a
  // path.
  const bool path = word.starts_with('/') || word.starts_with('.');
  if (!path && word.size() >= 64 && word.find('.') == std::string_view::npos && looks_random(word)) {
    return std::string(hidden);
  }
  return shown;
}

void hide_pem(std::string& text) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view end = "-----END ";
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + hidden.size())) {
    const std::size_t last = text.find(end, at);
    std::size_t stop = last == std::string::npos ? text.size() : text.find("-----", last + end.size());
    stop = stop == std::string::npos ? text.size() : std::min(text.size(), stop + 5);
    text.replace(at, stop - at, hidden);
  }
}

}  // namespace

std::string redact(std::string_view text, std::size_t limit) {
  // Cut first, generously, so that a huge text costs little; the final cut keeps whole markers out of sight.
  std::string clean(text.substr(0, limit * 4));
  hide_pem(clean);
  std::string shown;
  bool hide_next = false;
  for (std::size_t at = 0; at < clean.size();) {
    if (is_word(clean[at])) {
      std::size_t end = at;
      while (end < clean.size() && is_word(clean[end])) ++end;
      const std::string_view word = std::string_view(clean).substr(at, end - at);
      // "Bearer token is expired" speaks about tokens; only what has the size of a secret is hidden after the word.
      const bool hide = hide_next && (word.size() >= 8 || std::any_of(word.begin(), word.end(), [](char c) {
                                        return std::isdigit(static_cast<unsigned char>(c)) != 0;
                                      }));
      shown += hide ? std::string(hidden) : hide_word(word);
      hide_next = announces(word);
      at = end;
      continue;
    }
    const char c = clean[at++];
    if (c == '\n' || std::iscntrl(static_cast<unsigned char>(c)) == 0) shown += c;
    if (c == '\n') hide_next = false;
  }
  while (!shown.empty() && std::isspace(static_cast<unsigned char>(shown.back())) != 0) shown.pop_back();
  if (shown.size() > limit) {
    shown.resize(limit);
    // Do not end inside a multi-byte character.
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U) shown.pop_back();
    if (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80U) != 0) shown.pop_back();
    shown += "…";
  }
  return shown;
}

}  // namespace mesh::kubernetes
