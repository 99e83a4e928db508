#include "engine/base/position.h"

#include <fmt/format.h>

namespace mesh {

std::string to_string(const Position& position) {
  if (position.line == 0) return position.file;
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

}  // namespace mesh
