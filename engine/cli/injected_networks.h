#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/workspace/env.h"
#include "engine/workspace/workspace.h"

namespace mesh::cli {

/// The revision of the istiod that was read; nothing: there is none.
std::optional<std::string> revision_of(const ClusterState& live);

/// The network that each cluster's injector gives to pods, by one request to each. It is part of the installation,
/// which a plan does not change (istio-facts 2). Where it cannot be read, the namespace's label of today, else the
/// spec, tells it; a warning says so where the two differ.
std::map<std::string, std::string> injected_networks(const Workspace& workspace,
                                                     const std::map<std::string, ClusterSpec>& clusters, Env& env,
                                                     Diagnostics& warnings);

}  // namespace mesh::cli
