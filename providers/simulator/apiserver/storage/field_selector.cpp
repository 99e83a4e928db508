#include "providers/simulator/apiserver/storage/field_selector.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apiserver/storage/field_labels.h"

namespace mesh::simulator {

ApiResult<FieldSelector> FieldSelector::parse(const std::string& text, const std::string& resource) {
  FieldSelector selector;
  const std::vector<std::string>& known = field_labels(resource);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string term = text.substr(at, end - at);
    at = end + 1;
    if (term.empty()) continue;
    const std::size_t sign = term.find('=');
    if (sign == std::string::npos) {
      return tl::unexpected(bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", text, term)));
    }
    const bool negative = sign > 0 && term[sign - 1] == '!';
    const bool twice = term.compare(sign, 2, "==") == 0;
    Term one{.field = term.substr(0, negative ? sign - 1 : sign),
             .value = term.substr(sign + (twice ? 2 : 1)),
             .equal = !negative};
    if (one.field != "metadata.name" && one.field != "metadata.namespace" &&
        std::ranges::find(known, one.field) == known.end()) {
      return tl::unexpected(bad_request("field label not supported: " + one.field));
    }
    selector.terms_.push_back(std::move(one));
  }
  return selector;
}

bool FieldSelector::matches(const Stored& object) const {
  return std::ranges::all_of(terms_, [&](const Term& term) {
    const std::string* value = term.field == "metadata.name"        ? &object.name
                               : term.field == "metadata.namespace" ? &object.ns
                                                                    : object.field(term.field);
    return ((value == nullptr ? std::string() : *value) == term.value) == term.equal;
  });
}

}  // namespace mesh::simulator
