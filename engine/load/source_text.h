#pragma once

#include <filesystem>
#include <string>

namespace mesh {

/// A text and where it came from. `name` is what diagnostics show; relative paths in the text are resolved against
/// `folder`.
struct SourceText {
  std::string name;
  std::string bytes;
  std::filesystem::path folder;
};

}  // namespace mesh
