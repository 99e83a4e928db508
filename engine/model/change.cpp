#include "engine/model/change.h"

namespace mesh {

const nlohmann::json* body_in(const ObjectChange& change) {
  return std::visit(
      [](const auto& what) -> const nlohmann::json* {
        if constexpr (requires { what.body; }) return &what.body;
        return nullptr;
      },
      change.what);
}

const Ground* ground_in(const ObjectChange& change) {
  return std::visit(
      [](const auto& what) -> const Ground* {
        if constexpr (requires { what.ground; }) return &what.ground;
        return nullptr;
      },
      change.what);
}

}  // namespace mesh
