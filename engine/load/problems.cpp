#include "engine/load/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>

#include "engine/base/suggest.h"

namespace mesh {
namespace {

constexpr std::size_t longest_quote = 80;
constexpr std::size_t longest_list = 12;

}  // namespace

void Problems::add(Code code, SourcePosition at, std::string summary, std::string cause, std::string hint) {
  found_.push_back({.code = code,
                    .at = Position{file_, at.line, at.column},
                    .summary = std::move(summary),
                    .cause = std::move(cause),
                    .hint = std::move(hint)});
}

Diagnostics Problems::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.at->line, a.at->column) < std::tie(b.at->line, b.at->column);
  });
  return std::move(found_);
}

std::string shown(std::string_view text) {
  if (text.size() <= longest_quote) return fmt::format("`{}`", text);
  std::size_t end = longest_quote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("`{}…`", text.substr(0, end));
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
    return std::equal(name.begin(), name.end(), candidate.begin(), candidate.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  });
  if (same != candidates.end()) return fmt::format("did you mean `{}`?", *same);
  if (candidates.size() <= longest_list || nearest(name, candidates)) return did_you_mean(name, candidates);
  return {};
}

}  // namespace mesh
