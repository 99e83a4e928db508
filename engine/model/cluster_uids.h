#pragma once

#include <map>
#include <string>

namespace mesh {

/// By namespace its uid, of kube-system where that may be read and of the system namespace of the mesh: what tells a
/// cluster from any other, wherever a kubeconfig points. A uid is never used twice; kube-system is as old as the
/// cluster, and the other one may be made again, or be another one when the mesh moves. Empty: nothing is known.
using ClusterUids = std::map<std::string, std::string>;

inline constexpr const char* kube_system_namespace = "kube-system";

enum class SameCluster { unknown, no, yes };

/// kube-system decides where both know it, else the first namespace that both know.
SameCluster same_cluster(const ClusterUids& one, const ClusterUids& other);

/// For people: `namespace kube-system has uid 5a…`, of what `same_cluster` looks at first; `its uid is not known`.
std::string to_string(const ClusterUids& uids);

}  // namespace mesh
