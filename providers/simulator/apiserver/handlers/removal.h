#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/request/options.h"

namespace mesh::simulator {

/// What a delete came to.
struct Removed {
  /// The object as it was or, when it stays for a while, as it is now.
  StoredPtr object;
  /// False: it waits for finalizers or for its grace period.
  bool gone = true;
};

/// Deletes one object; the writing lock is held. Errors: 409 for preconditions, 403 for what may not be deleted.
ApiResult<Removed> remove_object(Cluster& cluster, const ResourceInfo& resource, const StoredPtr& live,
                                 const RemoveOptions& options);

/// What the server does by itself after a change: garbage collection by owner, namespaces that empty themselves, pods
/// whose grace ends, custom resources whose definition went.
void react(Cluster& cluster, const ObjectEvent& event);

}  // namespace mesh::simulator
