#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Fills in what the API server fills in for this kind and version. Not done here: what needs other objects (clusterIP,
/// nodePort, a namespace's label, service account of a pod).
void set_defaults(const Write& write, nlohmann::json& object);

}  // namespace mesh::simulator
