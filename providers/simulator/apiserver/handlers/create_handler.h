#pragma once

#include "providers/simulator/apiserver/handlers/draft.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// POST of an object. Errors: 404 and 403 for the namespace, 409 AlreadyExists, 422, and those of the body.
Answer create_object(Cluster& cluster, Exchange& exchange);

/// Creates what was decoded: ownership, names, checks, allocations, store. The writing lock is held.
ApiResult<Written> create_from(Draft& draft, nlohmann::json object);

}  // namespace mesh::simulator
