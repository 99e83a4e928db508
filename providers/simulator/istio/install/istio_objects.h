#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "providers/simulator/istio/install/install.h"

namespace mesh::simulator {

/// All objects of an installation in the order in which they are created, CRDs left out. Pure but for the keys: one
/// that has no plugged authority gets a self-signed one.
std::vector<nlohmann::json> istio_objects(const InstallSettings& settings);

}  // namespace mesh::simulator
