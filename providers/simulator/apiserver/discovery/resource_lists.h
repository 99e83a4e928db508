#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/registry/registry.h"

namespace mesh::simulator {

/// {kind APIResourceList}: what /apis/G/V answers.
nlohmann::json resource_list(const Registry& registry, const std::string& group, const std::string& version);

/// {kind APIGroupDiscoveryList} of apidiscovery.k8s.io/v2: /api when `core`, else /apis.
nlohmann::json aggregated_list(const Registry& registry, bool core);

}  // namespace mesh::simulator
