#include "engine/load/check_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/load/problems.h"

namespace mesh {
namespace {

constexpr std::size_t longest_label = 63;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_or_digit(char c) { return is_lower(c) || is_digit(c); }
bool is_alphanumeric(char c) { return is_lower_or_digit(c) || is_upper(c); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool is_dns_label(std::string_view text) {
  return !text.empty() && text.size() <= longest_label && is_lower_or_digit(text.front()) &&
         is_lower_or_digit(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

}  // namespace

std::string as_dns_label(std::string_view text) {
  std::string label;
  for (const char c : text.substr(0, longest_label)) {
    if (is_upper(c)) {
      label += static_cast<char>(c - 'A' + 'a');
    } else if (is_lower_or_digit(c)) {
      label += c;
    } else if (!label.empty() && label.back() != '-') {
      label += '-';
    }
  }
  while (label.ends_with('-')) label.pop_back();
  return label;
}

Verdict check_dns_label(std::string_view text) {
  if (is_dns_label(text)) return std::nullopt;
  Complaint complaint{.cause = fmt::format("{} is not a lower-case DNS label", shown(text)),
                      .hint = "1 to 63 lower-case letters, digits and `-`, no `-` at the ends"};
  if (text.size() > longest_label) {
    complaint.cause = fmt::format("{} has {} characters, 63 are allowed", shown(text), text.size());
  }
  if (const std::string near = as_dns_label(text); !near.empty()) complaint.hint += fmt::format("; try `{}`", near);
  return complaint;
}

Verdict check_label_value(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= longest_label && is_alphanumeric(text.front()) &&
                    is_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
                      return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
                    });
  if (fits) return std::nullopt;
  return Complaint{.cause = fmt::format("{} is not a Kubernetes label value", shown(text)),
                   .hint = "1 to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends"};
}

Verdict check_project_id(std::string_view text) {
  if (is_dns_label(text) && text.size() >= 6 && text.size() <= 30 && is_lower(text.front())) return std::nullopt;
  return Complaint{.cause = fmt::format("{} is not a Google Cloud project ID", shown(text)),
                   .hint = "`gcloud projects list` shows it in the column PROJECT_ID"};
}

Verdict check_text(std::string_view text) {
  if (text.empty()) return Complaint{.cause = "the text is empty", .hint = "write a value, or leave the field out"};
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return Complaint{.cause = "the text holds a control character",
                     .hint = "in double quotes `\\` starts an escape: use single quotes"};
  }
  return std::nullopt;
}

Verdict check_path(std::string_view text) {
  if (auto complaint = check_text(text)) return complaint;
  if (text != "~" && !text.starts_with("~/")) return std::nullopt;
  return Complaint{.cause = fmt::format("{} starts with `~`, which is not expanded", shown(text)),
                   .hint = "write a path relative to the spec's folder, or an absolute one"};
}

Verdict check_remote(std::string_view text) {
  if (auto complaint = check_path(text)) return complaint;
  if (text.starts_with('-')) {
    return Complaint{.cause = fmt::format("{} starts with `-`", shown(text)), .hint = "write a URL or a path"};
  }
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view authority = text.substr(scheme + 3, text.find('/', scheme + 3) - scheme - 3);
  const auto user_end = authority.rfind('@');
  if (user_end == std::string_view::npos) return std::nullopt;
  const bool web = text.starts_with("http://") || text.starts_with("https://");
  // `ssh://git@host` names an account; in http even the name alone may be a token.
  if (!web && authority.substr(0, user_end).find(':') == std::string_view::npos) return std::nullopt;
  return Complaint{.cause = "the URL holds a credential, and the spec is kept in the snapshots",
                   .hint = "remove what is before `@`; git's credential helper or an ssh key logs in"};
}

}  // namespace mesh
