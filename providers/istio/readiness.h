#pragma once

#include <string>
#include <vector>

#include "engine/model/live_state.h"
#include "engine/model/object.h"

namespace mesh::istio {

/// What the object still lacks to be ready, as a sentence without a full stop; empty: ready. `object` is null when it
/// does not exist. Of Deployments the newest generation must be rolled out and available, with no old pods left;
/// Services must have an address, token Secrets must be filled; any other kind is ready when it exists.
std::string missing_of(const ObjectId& id, const Object* object);

/// Whether its controller has given up on what the object lacks (ProgressDeadlineExceeded): waiting helps no more.
bool is_hopeless(const ObjectId& id, const Object* object);

/// The same over several objects as they were read: the first sentence, empty when all are ready or the cluster could
/// not be read.
std::string missing_now(const std::vector<ObjectId>& ids, const ClusterState* live);

/// The addresses at which istiod finds a gateway behind this Service (F 3): of the load balancer, ip before host name,
/// and external IPs.
std::vector<std::string> addresses_of(const Object& service);

}  // namespace mesh::istio
