#pragma once

#include <functional>
#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// What the judgement of a Secret needs to know of clusters.
struct KnownClusters {
  /// The cluster of the mesh with that id; null when there is none.
  std::function<const std::string*(const std::string& id)> member;
  /// Whether a peer of that name is discovered.
  std::function<bool(const std::string& name)> is_discovered;
};

/// Problems with the Secrets of one cluster that mesh did not write.
/// duplicate_remote_secret: an error when another Secret registers a peer (istiod would ignore ours), a warning for an
/// id that no cluster of the mesh has. credential_in_annotation: warning.
Diagnostics foreign_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                            const KnownClusters& clusters);

/// Ids of clusters that Secrets of others register under another name than mesh (and istioctl) gives them. istiod would
/// ignore a second Secret for any of these.
std::set<std::string> registered_elsewhere(const MeshSpec& mesh, const ClusterState& live);

/// Whether istiod takes the Secret for the way to a cluster.
bool is_remote_secret(const Object& secret);

/// Keys of the Secret's data, as far as field ownership tells; the data itself is never read.
std::set<std::string> data_keys(const Object& secret);

}  // namespace mesh::istio
