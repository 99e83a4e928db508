#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/controllers/cluster_context.h"

namespace mesh::simulator {

/// What the webhook of istiod's injector makes of a pod that is about to be created in the namespace `ns`, if it is
/// one that it takes (istio-facts 6.7): with its sidecar, or as a gateway, where the image `auto` is replaced; the
/// network in place, the marks that peers look at. A text: why the webhook could not be asked.
std::optional<std::string> inject(const ClusterContext& context, const std::string& ns, nlohmann::json& pod);

}  // namespace mesh::simulator
