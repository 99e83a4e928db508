#pragma once

#include <string>

#include "engine/model/drift.h"

namespace mesh {

inline constexpr const char* drift_format = "mesh.drift/v1";

/// The document mesh.drift/v1. Sensitive items have no values.
std::string encode_drift(const Drift& drift);

}  // namespace mesh
