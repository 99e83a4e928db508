#pragma once

#include <string>

#include "engine/model/checks/verification.h"
#include "engine/render/style.h"

namespace mesh {

/// The matrix of who was answered by whom, then what is wrong.
std::string render_verification(const Verification& verification, Color color);

}  // namespace mesh
