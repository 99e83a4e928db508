#include "providers/simulator/fields/validate.h"

namespace mesh::simulator {

std::optional<ApiError> validate_create(const Write&, const nlohmann::json&) { return std::nullopt; }

std::optional<ApiError> validate_update(const Write&, const nlohmann::json&, const nlohmann::json&) {
  return std::nullopt;
}

}  // namespace mesh::simulator
