#pragma once

#include "engine/base/result.h"
#include "engine/load/source_text.h"
#include "engine/model/platform.h"
#include "engine/model/spec.h"

namespace mesh {

/// Reads mesh.toml: syntax, unknown keys, types, values, and everything that ties clusters together; defaults merged,
/// peers resolved. Pure: opens nothing. Errors: every problem of the text in one go, in order of position, each with
/// line, column, cause and hint.
Result<Spec> load_spec(const SourceText& source, const PlatformSet& platforms);

}  // namespace mesh
