#pragma once

#include "engine/plan/diff/fields_diff.h"

namespace mesh {

/// The differences that count, in the order of the desired body (fields sorted by name, items as listed), then what is
/// ours and no longer desired, then what must not be there..
FieldsDiff diff_fields(const FieldsInput& input);

}  // namespace mesh
