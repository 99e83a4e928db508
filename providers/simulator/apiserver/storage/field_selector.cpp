#include <algorithm>

#include <fmt/format.h>

#include "providers/simulator/apiserver/storage/field_labels.h"
#include "providers/simulator/apiserver/storage/selectors.h"

namespace mesh::simulator {

namespace {

// At commas that no backslash escapes; empty terms fall out.
std::vector<std::string> split_terms(const std::string& text) {
  std::vector<std::string> terms(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      terms.back() += text.substr(at, 2);
      ++at;
    } else if (text[at] == ',') {
      terms.emplace_back();
    } else {
      terms.back() += text[at];
    }
  }
  std::erase(terms, "");
  return terms;
}

tl::expected<std::string, std::string> unescape(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '=' || text[at] == ',') {
      return tl::unexpected(
          fmt::format("invalid field selector: unescaped character in value: {}", static_cast<int>(text[at])));
    }
    if (text[at] == '\\') {
      const std::string next = text.substr(std::min(at + 1, text.size()), 1);
      if (next != "\\" && next != "," && next != "=") {
        return tl::unexpected("invalid field selector: invalid escape sequence: \\" + next);
      }
      ++at;
    }
    plain += text[at];
  }
  return plain;
}

std::optional<ApiError> check_label(const std::string& field, const std::string& resource, bool custom) {
  if (field == "metadata.name" || field == "metadata.namespace") return std::nullopt;
  const auto known = field_labels(resource);
  if (std::find(known.begin(), known.end(), field) != known.end()) return std::nullopt;
  // Kinds with a conversion function of their own, and all others.
  if (custom || (!known.empty() && resource != "replicasets.apps"))
    return bad_request("field label not supported: " + field);
  return bad_request(
      fmt::format("\"{}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", field));
}

}  // namespace

ApiResult<FieldSelector> FieldSelector::parse(const std::string& text, const std::string& resource, bool custom) {
  FieldSelector selector;
  for (const std::string& term : split_terms(text)) {
    const std::size_t sign = term.find_first_of("=!");
    const bool negative = sign != std::string::npos && term.compare(sign, 2, "!=") == 0;
    const bool twice = sign != std::string::npos && term.compare(sign, 2, "==") == 0;
    if (sign == std::string::npos || (term[sign] == '!' && !negative)) {
      return tl::unexpected(bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", text, term)));
    }
    const auto value = unescape(term.substr(sign + (negative || twice ? 2 : 1)));
    if (!value) return tl::unexpected(bad_request(value.error()));
    Term one{.field = term.substr(0, sign), .value = *value, .equal = !negative};
    if (one.field.empty() && one.value.empty()) continue;
    if (const auto problem = check_label(one.field, resource, custom)) return tl::unexpected(*problem);
    selector.terms_.push_back(std::move(one));
  }
  return selector;
}

bool FieldSelector::matches(const Stored& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    const std::string* have = term.field == "metadata.name"        ? &object.name
                              : term.field == "metadata.namespace" ? &object.ns
                                                                   : object.field(term.field);
    return ((have == nullptr ? std::string() : *have) == term.value) == term.equal;
  });
}

std::string FieldSelector::name() const {
  for (const Term& term : terms_) {
    if (term.field == "metadata.name" && term.equal) return term.value;
  }
  return "";
}

}  // namespace mesh::simulator
