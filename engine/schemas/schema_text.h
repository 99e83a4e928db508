#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace mesh {

/// A file that was built into the program.
struct EmbeddedText {
  /// The file's name without `.json`.
  std::string_view name;
  std::string_view text;
};

/// Every JSON Schema under schemas/, sorted by name: `mesh.v1`, `plan.v1`, …
std::span<const EmbeddedText> all_schemas();

/// The schema of that name as it stands in its file; nothing when there is none.
std::optional<std::string_view> schema_text(std::string_view name);

}  // namespace mesh
