#include "engine/base/foreign_json.h"

#include <fmt/format.h>

namespace mesh {

bool is_within_depth(std::string_view text, std::size_t depth) {
  std::size_t open = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++open > depth) return false;
    } else if ((c == ']' || c == '}') && open > 0) {
      --open;
    }
  }
  return true;
}

tl::expected<nlohmann::json, std::string> parse_foreign_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return tl::unexpected(fmt::format("{} bytes, more than {}", text.size(), limits.bytes));
  }
  // Before the parser: even what it refuses half-way it has built by then.
  if (!is_within_depth(text, limits.depth)) {
    return tl::unexpected(fmt::format("JSON nested deeper than {}", limits.depth));
  }
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return tl::unexpected(fmt::format("{} bytes that are not JSON", text.size()));
  return value;
}

nlohmann::json foreign_json_or_discarded(std::string_view text, const JsonLimits& limits) {
  return parse_foreign_json(text, limits).value_or(nlohmann::json(nlohmann::json::value_t::discarded));
}

}  // namespace mesh
