#pragma once

#include <vector>

#include "engine/model/checks/right.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// What the account of mesh must be allowed so that a plan sees everything: the verbs of what is read.
std::vector<Right> rights_of_plan(const MeshSpec& mesh);

/// What it needs besides to carry out every action, and to take everything away again.
std::vector<Right> rights_of_apply(const MeshSpec& mesh);

}  // namespace mesh::istio
