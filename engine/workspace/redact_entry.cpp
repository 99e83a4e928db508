#include "engine/workspace/redact_entry.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "engine/base/lower_case.h"
#include "providers/kubernetes/kubeconfig/redact.h"

namespace mesh {
namespace {

constexpr const char* hidden = "[hidden]";

constexpr std::array<std::string_view, 4> secret_headers = {"proxy-authorization", "authorization", "set-cookie",
                                                            "cookie"};

bool is_secret_name(std::string_view name) {
  const std::string lower = lower_case(name);
  constexpr std::array<std::string_view, 3> ends = {"token", "password", "secret"};
  return std::find(secret_headers.begin(), secret_headers.end(), lower) != secret_headers.end() ||
         std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return lower.ends_with(end); });
}

/// The rest of a line after `Cookie:` and its like. Other rules may not know its value for a credential.
void hide_headers(std::string& text) {
  for (const std::string_view name : secret_headers) {
    std::string lower = lower_case(text);
    const std::string start = std::string(name) + ":";
    for (std::size_t at = lower.find(start); at != std::string::npos; at = lower.find(start, at + start.size())) {
      const std::size_t value = at + start.size();
      const std::size_t end = std::min(text.find_first_of("\r\n", value), text.size());
      text.replace(value, end - value, std::string(" ") + hidden);
      lower = lower_case(text);
    }
  }
}

/// `https://user:password@host`.
void hide_users(std::string& text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const std::size_t begin = at + 3;
    const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'", begin), text.size());
    const std::size_t user_end = std::string_view(text).substr(begin, end - begin).rfind('@');
    if (user_end != std::string_view::npos) text.replace(begin, user_end, hidden);
  }
}

std::string redact_text(std::string text) {
  constexpr std::size_t longest = 4000;
  hide_headers(text);
  hide_users(text);
  return kubernetes::redact(text, longest);
}

}  // namespace

nlohmann::ordered_json redact_entry(nlohmann::ordered_json entry) {
  if (entry.is_string()) return redact_text(entry.get<std::string>());
  if (entry.is_object()) {
    for (auto& [name, value] : entry.items()) {
      value = is_secret_name(name) ? nlohmann::ordered_json(hidden) : redact_entry(std::move(value));
    }
  } else if (entry.is_array()) {
    for (auto& value : entry) value = redact_entry(std::move(value));
  }
  return entry;
}

}  // namespace mesh
