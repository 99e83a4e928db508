#pragma once

#include <span>

#include "engine/schemas/schema_text.h"

namespace mesh {

/// schemas.json of this folder, built in.
std::span<const EmbeddedText> simulator_schemas();

}  // namespace mesh
