#include "providers/simulator/apimachinery/validation/name_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::simulator {

namespace {

using Errors = std::vector<std::string>;

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_subdomain = 253;
constexpr std::size_t longest_port = 15;

constexpr const char* label_words =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an "
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* subdomain_words =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end "
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr const char* qualified_words =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. "
    "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr const char* value_words =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end "
    "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr const char* config_words =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

bool lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool letter(char c) { return lower(c) || (c >= 'A' && c <= 'Z'); }
bool inner(char c) { return letter(c) || c == '-' || c == '_' || c == '.'; }

bool is_label(const std::string& text) {
  return !text.empty() && lower(text.front()) && lower(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return lower(c) || c == '-'; });
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
  return !text.empty() && letter(text.front()) && letter(text.back()) && std::all_of(text.begin(), text.end(), inner);
}

void too_long(Errors& errors, const std::string& text, std::size_t most, const char* unit,
              const std::string& what = "") {
  if (text.size() > most) errors.push_back(fmt::format("{}must be no more than {} {}", what, most, unit));
}

}  // namespace

Errors dns_subdomain_errors(const std::string& name) {
  Errors errors;
  too_long(errors, name, longest_subdomain, "characters");
  if (!is_subdomain(name)) errors.emplace_back(subdomain_words);
  return errors;
}

Errors dns_label_errors(const std::string& name) {
  Errors errors;
  too_long(errors, name, longest_label, "characters");
  if (!is_label(name)) errors.emplace_back(dns_subdomain_errors(name).empty() ? "must not contain dots" : label_words);
  return errors;
}

Errors path_segment_errors(const std::string& name) {
  if (name == "." || name == "..") return {fmt::format("may not be '{}'", name)};
  Errors errors;
  for (const char c : {'/', '%'})
    if (name.find(c) != std::string::npos) errors.push_back(fmt::format("may not contain '{}'", c));
  return errors;
}

Errors qualified_name_errors(const std::string& key) {
  Errors errors;
  std::string name = key;
  if (const std::size_t slash = key.find('/'); slash != std::string::npos) {
    if (key.find('/', slash + 1) != std::string::npos)
      return {
          fmt::format("a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                      qualified_words)};
    const std::string prefix = key.substr(0, slash);
    name = key.substr(slash + 1);
    if (prefix.empty())
      errors.emplace_back("prefix part must be non-empty");
    else
      for (const std::string& error : dns_subdomain_errors(prefix)) errors.push_back("prefix part " + error);
  }
  if (name.empty()) errors.emplace_back("name part must be non-empty");
  too_long(errors, name, longest_label, "bytes", "name part ");
  if (!is_qualified(name)) errors.push_back(std::string("name part ") + qualified_words);
  return errors;
}

Errors label_value_errors(const std::string& value) {
  Errors errors;
  too_long(errors, value, longest_label, "bytes");
  if (!value.empty() && !is_qualified(value)) errors.emplace_back(value_words);
  return errors;
}

Errors config_key_errors(const std::string& key) {
  Errors errors;
  too_long(errors, key, longest_subdomain, "characters");
  if (key.empty() || !std::all_of(key.begin(), key.end(), inner)) errors.emplace_back(config_words);
  if (key == "." || key == "..") errors.push_back(fmt::format("must not be '{}'", key));
  return errors;
}

Errors port_name_errors(const std::string& name) {
  Errors errors;
  too_long(errors, name, longest_port, "characters");
  if (!std::all_of(name.begin(), name.end(), [](char c) { return lower(c) || c == '-'; }))
    errors.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
    errors.emplace_back("must contain at least one letter (a-z)");
  if (name.find("--") != std::string::npos) errors.emplace_back("must not contain consecutive hyphens");
  if (!name.empty() && (name.front() == '-' || name.back() == '-'))
    errors.emplace_back("must not begin or end with a hyphen");
  return errors;
}

Errors environment_name_errors(const std::string& name) {
  const bool good =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~' && c != '='; });
  if (good) return {};
  return {"a valid environment variable name must consist only of printable ASCII characters other than '='"};
}

}  // namespace mesh::simulator
