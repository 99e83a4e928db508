#pragma once

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

// What is created, answered and never stored.

/// POST of serviceaccounts/NAME/token: a TokenRequest. Errors: those of the body, 404, 422.
Answer create_token(Cluster& cluster, Exchange& exchange);

/// POST of a review of the asking user's own rights. Errors: those of the body, 405, 422.
Answer create_review(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
