#pragma once

#include "engine/base/result.h"
#include "engine/load/source_text.h"
#include "engine/load/value.h"

namespace mesh {

/// The text as a tree of marked values. Errors: syntax_error or duplicate_key, the first one only, since what follows a
/// syntax error cannot be read with any certainty.
Result<Value> parse_toml(const SourceText& source);

}  // namespace mesh
