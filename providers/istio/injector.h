#pragma once

#include <optional>
#include <string>

#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// The network that the injector of a revision gives to pods: `global.network` of its ConfigMap's values, empty where
/// that is not set (istio-facts 0, 2: the namespace's label does not matter to it). Nothing: that could not be read.
std::optional<std::string> injected_network(kubernetes::Client& client, const std::string& system_namespace,
                                            const std::string& revision, const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
