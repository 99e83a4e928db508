#pragma once

#include "providers/simulator/apiserver/handlers/draft.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// PUT of an object, or of its status. Errors: 404, 409 for another resourceVersion or uid, 422, and those of the body.
Answer update_object(Cluster& cluster, Exchange& exchange);

/// Replaces `live` with what was decoded: ownership, checks, allocations, store. The writing lock is held. A write that
/// changes nothing keeps the version; one that takes the last finalizer from an object under deletion ends it.
ApiResult<Written> update_from(Draft& draft, const StoredPtr& live, nlohmann::json object);

}  // namespace mesh::simulator
