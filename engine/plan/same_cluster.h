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

/// The clusters of the last snapshot; their objects are not looked at.
using LastClusters = std::map<std::string, ClusterSnapshot>;

/// Whether the name leads to another cluster than when the last snapshot was made.
bool leads_elsewhere(const ClusterState& state, const LastClusters& last);

/// Why nothing is read from such a cluster or written to it. Error: other_cluster.
Diagnostic report_elsewhere(const ClusterState& state, const Spec& spec, const LastClusters& last);

/// What a person should know of a renamed cluster. Warning: same_cluster.
Diagnostic report_renamed(const std::string& old_name, const std::string& new_name, const Spec& spec,
                          const LiveState& live);

/// Names of the spec that lead to one cluster: what is done to one is done to the other. Only names of which the
/// globs leave something count. By name, all but the first of a cluster, the error: same_cluster.
std::map<std::string, Diagnostics> clusters_named_twice(const Spec& spec, const LiveState& live,
                                                        const std::vector<std::string>& only,
                                                        const std::vector<std::string>& exclude);

}  // namespace mesh
