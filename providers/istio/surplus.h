#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/model/live_state.h"
#include "engine/model/spec.h"
#include "engine/model/wanted.h"

namespace mesh::istio {

/// Removal of the remote Secrets that this mesh once wrote into the cluster and that are none of `kept` (names of
/// Secrets): of peers that the cluster no longer discovers, that are gone, or that had another id. Their addresses
/// name the peer as its annotation does; `taken` are addresses that other actions have.
std::vector<WantedAction> surplus_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                                          const std::set<std::string>& kept, const std::set<Address>& taken);

/// Problems with the Secrets of one cluster that mesh did not write. `members`: names of clusters by their id; `own`:
/// ids of the peers for which a remote Secret is wanted here.
/// duplicate_remote_secret: an error when another Secret registers one of `own` (istiod would ignore ours), a warning
/// for an id that no cluster of the spec has. credential_in_annotation: warning.
Diagnostics foreign_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                            const std::map<std::string, std::string>& members, const std::set<std::string>& own);

/// Ids of clusters that Secrets of others register under another name than mesh (and istioctl) gives them. istiod would
/// ignore a second Secret for any of these.
std::set<std::string> registered_elsewhere(const MeshSpec& mesh, const ClusterState& live);

/// Keys of the Secret's data, as far as field ownership tells; the data itself is never read.
std::set<std::string> data_keys(const Object& secret);

}  // namespace mesh::istio
