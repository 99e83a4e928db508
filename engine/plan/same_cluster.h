#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/live_state.h"
#include "engine/model/snapshot.h"
#include "engine/model/spec.h"

namespace mesh {

/// Names that the spec does not hold any more, by names in it that are, or may be, the same cluster. Two names are one
/// cluster when their system namespace has one uid, for the old one that of the last snapshot; where that is not known,
/// when they dial one server and trust one authority. A name that was never read may be any.
std::map<std::string, std::string> renamed_clusters(const Spec& spec, const std::map<std::string, ClusterSpec>& removed,
                                                    const Snapshot& last, const LiveState& live);

/// Whether the name leads to another cluster than when the last snapshot was made.
bool leads_elsewhere(const ClusterState& state, const Snapshot& last);

/// Why such a cluster cannot be told anything of. Error: same_cluster.
Diagnostic report_elsewhere(const ClusterState& state, const Spec& spec, const Snapshot& last);

/// What a person should know of a renamed cluster. Warning: same_cluster.
Diagnostic report_renamed(const std::string& old_name, const std::string& new_name, const Spec& spec,
                          const LiveState& live);

/// Names of the spec that lead to one cluster: what is done to one is done to the other. Only names of which the
/// globs leave something count. Errors: same_cluster, one for each name but the first of a cluster.
Diagnostics clusters_named_twice(const Spec& spec, const LiveState& live, const std::vector<std::string>& only,
                                 const std::vector<std::string>& exclude);

}  // namespace mesh
