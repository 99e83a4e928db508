#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace mesh {

/// What a JSON text from outside may cost at most.
struct JsonLimits {
  std::size_t bytes = std::size_t{64} << 20U;
  /// Arrays and objects within each other. Values are copied, compared and printed by recursion, so a text without this
  /// limit chooses how much stack is used. 128 is the limit of serde_json; objects of Kubernetes and their
  /// managedFields stay below 50.
  std::size_t depth = 128;
};

/// The one parser for JSON that servers, pods, plugins and files send. Errors: why there is no value, as what the text
/// is: `17 bytes that are not JSON`, `JSON nested deeper than 128`. Never throws but for memory.
tl::expected<nlohmann::json, std::string> parse_foreign_json(std::string_view text, const JsonLimits& limits = {});

/// The same where only the value counts: a discarded one, which has no type, where there is none.
nlohmann::json foreign_json_or_discarded(std::string_view text, const JsonLimits& limits = {});

/// Whether brackets outside of strings stay within the depth; the text need not be JSON.
bool is_within_depth(std::string_view text, std::size_t depth);

}  // namespace mesh
