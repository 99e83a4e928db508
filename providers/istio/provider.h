#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "engine/port/provider.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// The provider of real clusters. `clusters`: those of the spec and the removed ones. `clients` makes the connection of
/// a cluster on first use; it is kept for all later reads and writes.
std::unique_ptr<Provider> make_provider(const MeshSpec& mesh, const std::map<std::string, ClusterSpec>& clusters,
                                        kubernetes::ClientFactory& clients, Clock& clock);

}  // namespace mesh::istio
