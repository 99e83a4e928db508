#pragma once

#include "engine/workspace/workspace.h"

namespace mesh {

/// Reads of each cluster that answered what the last snapshot records and nothing asked for: objects of another
/// namespace, or that another version of mesh made. Fills `workspace.recorded`. Where the request does not ask for it,
/// only if there may be such objects that a search by label does not find: the snapshot knows another system namespace,
/// or an account may not search all. Errors: state_unusable, snapshot_invalid.
Result<void> read_recorded(Workspace& workspace, const Env& env);

/// The same for clusters that were read anew, by the records in `workspace.recorded`.
void read_recorded_again(Workspace& workspace, const Env& env);

}  // namespace mesh
