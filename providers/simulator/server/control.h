#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/server/request_handler.h"

namespace mesh::simulator {

/// The endpoint with which a running simulator is steered, outside all clusters:
///   GET /control/faults            {"faults": [{"id": …, "words": [KEY=VALUE…], "strikes": n}]}
///   POST /control/faults           {"words": [KEY=VALUE…]}: {"id": …}
///   DELETE /control/faults[/ID]    {}
/// Whoever does not bring the bearer token gets 401; what is wrong comes as {"error": text}, 400 or 404.
/// `clusters`: those that are served.
ApiResponse control(FaultSet& faults, const std::string& token, const std::vector<std::string>& clusters,
                    const ApiRequest& request);

/// Says so when a fault would strike no cluster that is served.
std::optional<std::string> without_target(const Fault& fault, const std::vector<std::string>& clusters);

}  // namespace mesh::simulator
