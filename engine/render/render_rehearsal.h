#pragma once

#include <string>

#include "engine/model/rehearsal.h"
#include "engine/render/style.h"

namespace mesh {

/// What happened, in a few lines; then each path that broke, each that does not work in the end, each failed action.
std::string render_rehearsal(const Rehearsal& rehearsal, Color color);

}  // namespace mesh
