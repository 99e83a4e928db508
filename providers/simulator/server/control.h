#pragma once

#include <string>

#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/server/site.h"

namespace mesh::simulator {

/// The endpoint with which a running simulator is steered, outside all clusters:
///   GET /control/faults            {"faults": [{"id": …, "words": [KEY=VALUE…], "strikes": n}]}
///   POST /control/faults           {"words": [KEY=VALUE…]}: {"id": …}
///   DELETE /control/faults[/ID]    {}
/// Whoever does not bring the bearer token gets 401; what is wrong comes as {"error": text}, 400 or 404.
ApiResponse control(FaultSet& faults, const std::string& token, const ApiRequest& request);

}  // namespace mesh::simulator
