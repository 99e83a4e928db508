#include "engine/schemas/schema_text.h"

#include <algorithm>

namespace mesh {

std::optional<std::string_view> schema_text(std::string_view name) {
  const auto schemas = all_schemas();
  const auto found =
      std::find_if(schemas.begin(), schemas.end(), [&](const EmbeddedText& schema) { return schema.name == name; });
  if (found == schemas.end()) return std::nullopt;
  return found->text;
}

}  // namespace mesh
