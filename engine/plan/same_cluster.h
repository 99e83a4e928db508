#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh {

/// Names that the spec does not hold any more, by names in it that are, or may be, the same cluster. Two names are one
/// cluster when their system namespace has one uid; where that was not read, when they dial one server and trust one
/// authority. A new name of which not even the server is known may be any.
std::map<std::string, std::string> renamed_clusters(const Spec& spec, const std::map<std::string, ClusterSpec>& removed,
                                                    const std::set<std::string>& new_names, const LiveState& live);

/// What a person should know of a renamed cluster. Warning: same_cluster.
Diagnostic tell_renamed(const std::string& old_name, const std::string& new_name, const Spec& spec,
                        const LiveState& live);

/// Names of the spec that lead to one cluster: each would write over what the other wrote. Only names of which the
/// globs leave something count. Errors: same_cluster, one for each name but the first of a cluster.
Diagnostics clusters_named_twice(const Spec& spec, const LiveState& live, const std::vector<std::string>& only,
                                 const std::vector<std::string>& exclude);

}  // namespace mesh
