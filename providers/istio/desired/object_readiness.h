#pragma once

#include <string>
#include <vector>

#include "engine/model/live_state.h"
#include "engine/model/object.h"
#include "engine/model/readiness.h"

namespace mesh::istio {

/// Whether the object is ready; `object` is null when it does not exist. Of Deployments the newest generation must be
/// rolled out and available, with no old pods left, and a rollout that its controller gave up
/// (ProgressDeadlineExceeded) has failed; Services must have an address, token Secrets must be filled; any other kind
/// is ready when it exists.
Readiness readiness_of(const ObjectId& id, const Object* object);

/// The same over several objects as they were read: of the first that is not ready. Ready when the cluster could not be
/// read (null).
Readiness readiness_of(const std::vector<ObjectId>& ids, const ClusterState* live);

/// The addresses at which istiod finds a gateway behind this Service (istio-facts 3): of the load balancer, ip before
/// host name, and external IPs.
std::vector<std::string> addresses_of(const Object& service);

}  // namespace mesh::istio
