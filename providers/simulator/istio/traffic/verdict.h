#pragma once

#include <optional>

#include "providers/simulator/istio/traffic/traffic_model.h"

namespace mesh::simulator {

/// Whether the caller reaches the pod through the Service; `port` is that of the Service, its first when not given.
Verdict verdict(const TrafficModel& model, const Caller& caller, const Target& target,
                std::optional<int> port = std::nullopt);

}  // namespace mesh::simulator
