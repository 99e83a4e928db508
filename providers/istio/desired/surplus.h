#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// Which peers a cluster is to discover, as the judgement of its Secrets needs it.
class Peers {
 public:
  Peers() = default;
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;
  virtual ~Peers() = default;

  /// Whether a Secret of that name is desired.
  virtual bool has_secret(const std::string& secret) const = 0;
  /// The Secret that is desired for a peer; empty when none is.
  virtual std::string secret_of(const std::string& name) const = 0;
  /// Whether a peer of that name is discovered, so that its address is taken.
  virtual bool has_name(const std::string& name) const = 0;
  /// How the spec calls the cluster that had that name, which may be the same; nothing when that is not known.
  virtual std::optional<std::string> name_now(const std::string& name) const = 0;
  /// Whether the plan has an action that makes this cluster discover the peer, or forget it.
  virtual bool has_action(const std::string& name) const = 0;
  /// The cluster of the mesh with that id; null when there is none.
  virtual const std::string* member(const std::string& id) const = 0;
};

/// Removal of the remote Secrets that this mesh once wrote into the cluster and that are not desired: of peers that the
/// cluster no longer discovers, that are gone, or that had another id or name. Their addresses name the peer as its
/// annotation does. What is replaced goes after its replacement came, and stays while that cannot come.
std::vector<DesiredAction> surplus_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                                           const Peers& peers);

/// Problems with the Secrets of one cluster that mesh did not write.
/// duplicate_remote_secret: an error when another Secret registers a peer (istiod would ignore ours), a warning for an
/// id that no cluster of the mesh has. credential_in_annotation: warning.
Diagnostics foreign_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                            const Peers& peers);

/// Ids of clusters that Secrets of others register under another name than mesh (and istioctl) gives them. istiod would
/// ignore a second Secret for any of these.
std::set<std::string> registered_elsewhere(const MeshSpec& mesh, const ClusterState& live);

/// Keys of the Secret's data, as far as field ownership tells; the data itself is never read.
std::set<std::string> data_keys(const Object& secret);

}  // namespace mesh::istio
