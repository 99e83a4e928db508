#include "providers/simulator/fields/quantity.h"

namespace mesh::simulator {

std::optional<std::string> canonical_quantity(const std::string& text) { return text; }

int compare_quantities(const std::string& left, const std::string& right) { return left.compare(right); }

}  // namespace mesh::simulator
