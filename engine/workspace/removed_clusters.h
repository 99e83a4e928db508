#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/model/snapshot.h"
#include "engine/workspace/workspace.h"

namespace mesh {

/// The folder against which the paths of a spec are resolved.
std::filesystem::path folder_of(const std::string& file);

/// Fills `workspace.removed` with the clusters of the last snapshot that the spec lacks, as an earlier spec described
/// them. Brings that snapshot; nothing when there are none. Errors: state_unusable, snapshot_invalid.
Result<std::optional<Snapshot>> find_removed(Workspace& workspace);

/// Those of the clusters whose kubeconfigs may be opened. A kubeconfig can run programs, and whoever may push to the
/// state repository can change a path there: one that only the state names must lie in the spec's folder, or be used by
/// `present` as well, unless the request says to reach the cluster. The others are marked as unreachable, with why.
std::map<std::string, ClusterSpec> readable_clusters(Workspace& workspace,
                                                     const std::map<std::string, ClusterSpec>& clusters,
                                                     const Spec& present);

}  // namespace mesh
