#pragma once

#include <optional>
#include <string>

namespace mesh::simulator {

/// The canonical text of a quantity: "0.1" is "100m", "1024Mi" is "1Gi", "2000m" is "2"; nothing when it is no
/// quantity.
std::optional<std::string> canonical_quantity(const std::string& text);

/// Less, equal or greater than zero as strcmp answers; both must be quantities.
int compare_quantities(const std::string& left, const std::string& right);

}  // namespace mesh::simulator
