#pragma once

#include "engine/base/result.h"
#include "engine/model/desired_state.h"
#include "engine/model/drift.h"
#include "engine/model/snapshot.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// What differs from the last apply, and what it was found with.
struct FoundDrift {
  Snapshot snapshot;
  DesiredState desired;
  Drift drift;
};

/// Compares what the clusters answered with the last snapshot; the request's globs choose. The workspace's diagnostics
/// are part of the drift's. Errors: state_unusable (nothing was applied yet), snapshot_invalid, no_such_address.
Result<FoundDrift> drift_of(const Workspace& workspace);

}  // namespace mesh
