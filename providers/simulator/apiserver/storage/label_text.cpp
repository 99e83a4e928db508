#include "providers/simulator/apiserver/storage/label_text.h"

#include <algorithm>
#include <cctype>

namespace mesh::simulator {

namespace {

constexpr std::size_t name_limit = 63;
constexpr std::size_t subdomain_limit = 253;

bool alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_name(const std::string& text) {
  return !text.empty() && alphanumeric(text.front()) && alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_subdomain(const std::string& text) {
  char before = '.';
  for (const char c : text) {
    const bool word = alphanumeric(c) && std::isupper(static_cast<unsigned char>(c)) == 0;
    if (!word && (c != '.' || !alphanumeric(before)) && (c != '-' || before == '.')) return false;
    before = c;
  }
  return !text.empty() && alphanumeric(before);
}

constexpr const char* name_rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

}  // namespace

std::optional<std::string> label_key_problem(const std::string& key) {
  const std::size_t slash = key.find('/');
  std::string name = key;
  if (slash != std::string::npos) {
    name = key.substr(slash + 1);
    if (name.find('/') != std::string::npos) {
      return std::string("a valid label key ") + name_rule +
             " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    }
    const std::string prefix = key.substr(0, slash);
    if (prefix.empty()) return "prefix part must be non-empty";
    if (prefix.size() > subdomain_limit) return "prefix part must be no more than 253 bytes";
    if (!is_subdomain(prefix)) {
      return "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
             "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
             "validation "
             "is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    }
  }
  if (name.empty()) return std::string("name part must be non-empty; name part ") + name_rule;
  std::string problem;
  if (name.size() > name_limit) problem = "name part must be no more than 63 bytes";
  if (!is_name(name)) problem += (problem.empty() ? "name part " : "; name part ") + std::string(name_rule);
  if (problem.empty()) return std::nullopt;
  return problem;
}

std::optional<std::string> label_value_problem(const std::string& value) {
  std::string problem;
  if (value.size() > name_limit) problem = "must be no more than 63 bytes";
  if (!value.empty() && !is_name(value)) {
    if (!problem.empty()) problem += "; ";
    problem +=
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  }
  if (problem.empty()) return std::nullopt;
  return problem;
}

}  // namespace mesh::simulator
