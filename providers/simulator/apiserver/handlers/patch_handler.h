#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// PATCH of an object, or of its status: JSON patch, merge patch, strategic merge patch or server-side apply, by the
/// content type. Errors: 415, 404, 409 for conflicts of an apply, and those of creates and updates.
Answer patch_object(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
