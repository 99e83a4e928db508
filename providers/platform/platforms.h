#pragma once

#include "engine/model/platform.h"

namespace mesh::platform {

/// All platforms that a spec can name.
const PlatformSet& all();

}  // namespace mesh::platform
