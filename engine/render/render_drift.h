#pragma once

#include <string>

#include "engine/model/drift.h"
#include "engine/render/style.h"

namespace mesh {

std::string render_drift(const Drift& drift, Color color);

}  // namespace mesh
