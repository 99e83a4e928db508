#include "engine/model/rehearsal.h"

namespace mesh {

bool succeeded(const Rehearsal& rehearsal) { return rehearsal.left.empty() && succeeded(rehearsal.report); }

}  // namespace mesh
