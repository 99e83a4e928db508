#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// A Kubernetes quantity as an exact number: `digits` (no leading or trailing zeros; empty is zero) times ten to the
/// power of `exponent`.
struct Quantity {
  bool negative = false;
  std::string digits;
  int exponent = 0;

  bool operator==(const Quantity&) const = default;
};

/// Reads `100m`, `0.1`, `1Gi`, `1e3`, `5E`, …; nothing when the text is no quantity. Exact, without floating point;
/// what is finer than a nano is kept, though the API server rounds it up. (kubernetes-facts 3.5)
std::optional<Quantity> parse_quantity(std::string_view text);

/// Whether two JSON values (strings or numbers) are the same quantity; when one is none, whether they are equal.
bool same_quantity(const nlohmann::json& left, const nlohmann::json& right);

}  // namespace mesh
