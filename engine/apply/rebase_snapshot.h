#pragma once

#include "engine/apply/make_snapshot.h"

namespace mesh {

/// What make_snapshot says, put on a snapshot that others recorded meanwhile: what this apply changed as it left it,
/// everything else as `newest` has it, tombstones among it. Where both say something of one object, what this apply
/// wrote to a cluster counts, and otherwise `newest`. Pure.
Snapshot rebase_snapshot(const SnapshotInput& input, const Snapshot& newest);

}  // namespace mesh
