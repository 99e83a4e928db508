#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "engine/model/platform.h"
#include "engine/model/spec.h"

namespace mesh {

/// A text and where it came from. `name` is what diagnostics show; relative paths in the text are resolved against
/// `folder`.
struct SourceText {
  std::string name;
  std::string bytes;
  std::filesystem::path folder;
};

/// Reads mesh.toml: syntax, unknown keys, types, values, and everything that ties clusters together; defaults merged,
/// peers resolved. Pure: opens nothing. Errors: every problem of the text in one go, in order of position, each with
/// line, column, cause and hint.
Result<Spec> load_spec(const SourceText& source, const PlatformSet& platforms);

}  // namespace mesh
