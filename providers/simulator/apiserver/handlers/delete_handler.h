#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/delete_options.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// DELETE of one object. Errors: 404, and those of remove_object and the options.
Answer delete_object(Cluster& cluster, Exchange& exchange);

/// DELETE of all objects that selectors choose.
Answer delete_collection(Cluster& cluster, Exchange& exchange);

/// What a delete came to.
struct Removed {
  /// The object as it was or, when it stays for a while, as it is now.
  StoredPtr object;
  /// False: it waits for finalizers or for its grace period.
  bool gone = true;
};

/// Deletes one object; the writing lock is held. Errors: 409 for preconditions, 403 for what may not be deleted.
ApiResult<Removed> remove_object(Cluster& cluster, const ResourceInfo& resource, const StoredPtr& live,
                                 const DeleteOptions& options);

}  // namespace mesh::simulator
