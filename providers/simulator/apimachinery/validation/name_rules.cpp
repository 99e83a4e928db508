#include "providers/simulator/apimachinery/validation/name_rules.h"

#include <algorithm>

namespace mesh::simulator {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_subdomain = 253;
constexpr std::size_t longest_port = 15;

bool lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool letter(char c) { return lower(c) || (c >= 'A' && c <= 'Z'); }
bool inner(char c) { return letter(c) || c == '-' || c == '_' || c == '.'; }
bool lower_or_hyphen(char c) { return lower(c) || c == '-'; }

bool is_label(const std::string& text) {
  return !text.empty() && lower(text.front()) && lower(text.back()) &&
         std::all_of(text.begin(), text.end(), lower_or_hyphen);
}

bool is_subdomain(const std::string& text) {
  std::size_t at = 0;
  while (true) {
    const std::size_t dot = text.find('.', at);
    if (!is_label(text.substr(at, dot == std::string::npos ? dot : dot - at))) return false;
    if (dot == std::string::npos) return true;
    at = dot + 1;
  }
}

bool is_qualified(const std::string& text) {
  return !text.empty() && text.size() <= longest_label && letter(text.front()) && letter(text.back()) &&
         std::all_of(text.begin(), text.end(), inner);
}

std::string unless(bool good, const char* why) { return good ? "" : why; }

}  // namespace

std::string dns_subdomain_error(const std::string& name) {
  return unless(name.size() <= longest_subdomain && is_subdomain(name),
                "must be a lowercase RFC 1123 subdomain of at most 253 characters");
}

std::string dns_label_error(const std::string& name) {
  return unless(name.size() <= longest_label && is_label(name),
                "must be a lowercase RFC 1123 label of at most 63 characters");
}

std::string path_segment_error(const std::string& name) {
  return unless(name != "." && name != ".." && name.find_first_of("/%") == std::string::npos,
                "may not be '.' or '..' nor contain '/' or '%'");
}

std::string qualified_name_error(const std::string& key) {
  const std::size_t slash = key.find('/');
  const bool prefix = slash == std::string::npos || dns_subdomain_error(key.substr(0, slash)).empty();
  return unless(prefix && is_qualified(slash == std::string::npos ? key : key.substr(slash + 1)),
                "must be a name of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain before it");
}

std::string label_value_error(const std::string& value) {
  return unless(value.empty() || is_qualified(value),
                "must be empty or at most 63 alphanumeric characters, '-', '_' or '.'");
}

std::string config_key_error(const std::string& key) {
  return unless(!key.empty() && key.size() <= longest_subdomain && std::all_of(key.begin(), key.end(), inner) &&
                    key != "." && key != "..",
                "must consist of alphanumeric characters, '-', '_' or '.'");
}

std::string port_name_error(const std::string& name) {
  const bool has_letter = std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return unless(has_letter && name.size() <= longest_port && is_label(name) && name.find("--") == std::string::npos,
                "must be at most 15 lowercase letters, digits and single hyphens, with at least one letter");
}

std::string environment_name_error(const std::string& name) {
  return unless(std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~' && c != '='; }),
                "must consist of printable ASCII characters other than '='");
}

}  // namespace mesh::simulator
