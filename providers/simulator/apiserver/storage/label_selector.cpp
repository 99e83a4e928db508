#include "providers/simulator/apiserver/storage/label_selector.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/validation/name_rules.h"

namespace mesh::simulator {
namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// At commas that no parenthesis surrounds.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (std::string& part : parts) part = trimmed(part);
  return parts;
}

bool is_value(const std::string& value) { return label_value_error(value).empty(); }

}  // namespace

/// False: the term is no requirement.
bool LabelSelector::read(const std::string& term, Requirement& requirement) {
  const bool absent = term.starts_with('!');
  const std::size_t begin = absent ? 1 : 0;
  const std::size_t end = std::min(term.find_first_of(" =!(", begin), term.size());
  requirement.key = term.substr(begin, end - begin);
  const std::string rest = trimmed(term.substr(end));
  requirement.any_value = rest.empty();
  requirement.negated = absent || rest.starts_with("!=") || rest.starts_with("notin");
  if (!qualified_name_error(requirement.key).empty() || (absent && !rest.empty())) return false;
  if (rest.empty()) return true;
  if (rest.starts_with('=') || rest.starts_with("!=")) {
    const std::size_t sign = rest.starts_with("==") || rest.starts_with("!=") ? 2 : 1;
    requirement.values = {trimmed(rest.substr(sign))};
  } else {
    const std::size_t open = rest.find('(');
    const std::string word = open == std::string::npos ? "" : trimmed(rest.substr(0, open));
    if ((word != "in" && word != "notin") || !rest.ends_with(')')) return false;
    const auto values = split(rest.substr(open + 1, rest.size() - open - 2));
    requirement.values = {values.begin(), values.end()};
  }
  return std::ranges::all_of(requirement.values, is_value);
}

ApiResult<LabelSelector> LabelSelector::parse(const std::string& text) {
  LabelSelector selector;
  if (trimmed(text).empty()) return selector;
  for (const std::string& term : split(text)) {
    Requirement requirement;
    if (!read(term, requirement)) {
      return tl::unexpected(bad_request(fmt::format("unable to parse requirement: found '{}'", term)));
    }
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool LabelSelector::matches(const Stored& object) const {
  return std::ranges::all_of(requirements_, [&](const Requirement& one) {
    const std::string* value = object.label(one.key);
    return (value != nullptr && (one.any_value || one.values.contains(*value))) != one.negated;
  });
}

}  // namespace mesh::simulator
