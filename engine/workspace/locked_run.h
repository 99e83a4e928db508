#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/apply/run_locks.h"
#include "engine/model/plan.h"
#include "engine/workspace/console.h"
#include "engine/workspace/env.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// Locks every cluster that carrying the plan out concerns: those that it writes to and those that these writes rely
/// on. Tells on `console` whom it waits for. Errors: those of RunLocks::take.
Result<std::unique_ptr<RunLocks>> lock_clusters(const Workspace& workspace, const Plan& plan, Console& console,
                                                const Env& env);

/// Reads all clusters of the workspace again that answered, so that a plan made now knows what moved until the locks
/// were taken: also in those that are not locked, for another run may have made them rely on one that is.
void read_again(Workspace& workspace, const Env& env);

/// Clusters that other runs recorded since the state was read and that the spec lacks: a plan that does not know them
/// would leave them behind, half taken out of the mesh; and clusters that were protected since. Errors: ground_moved,
/// protected_cluster, state_unusable.
Diagnostics recorded_meanwhile(const Workspace& workspace);

/// What locks tell of runs that did not end, by cluster: of those that answered and are not among `locked`. What may
/// not be read tells nothing.
std::map<std::string, ClusterLock> open_journals(const Workspace& workspace, const std::set<std::string>& locked,
                                                 const Env& env);

/// Whether what the runs left is recorded by this command, or only seen.
enum class Journal { closed, seen };

/// One warning per run that did not end.
Diagnostics report_journals(const std::map<std::string, ClusterLock>& open, Journal what);

/// Takes away what the runs left. Answers warnings.
Diagnostics close_journals(const Workspace& workspace, const std::map<std::string, ClusterLock>& open);

}  // namespace mesh
