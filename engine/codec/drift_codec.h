#pragma once

#include <string>

#include "engine/model/drift.h"

namespace mesh {

/// The document mesh.drift/v1.
std::string encode_drift(const Drift& drift);

}  // namespace mesh
