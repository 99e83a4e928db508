#pragma once

#include <map>
#include <string>

#include "engine/model/checks/check.h"
#include "engine/refresh/refresh.h"

namespace mesh {

/// Reads what `mesh check` needs of all clusters that answered in `live`, at once. The others have no reading.
std::map<std::string, CheckReading> read_checks(const std::map<std::string, ClusterSpec>& clusters,
                                                const LiveState& live, Provider& provider, Clock& clock,
                                                CheckDepth depth, const RefreshLimits& limits, std::stop_token stop);

}  // namespace mesh
