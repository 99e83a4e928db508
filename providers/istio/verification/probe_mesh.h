#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/checks/verification.h"
#include "engine/model/object.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/istio/verification/gateway_probe.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// Dials a gateway: `probe_gateway`, or what a test puts in its place.
using DialGateway = std::function<ProbeAnswer(const ProbeTarget& target)>;

/// An SNI that leads to a Service with a running, injected pod; empty: there is none. `pods` with their labels.
std::string find_injected_sni(const std::vector<Object>& services, const std::vector<Object>& pods);

/// Dials the east-west gateway of every chosen cluster (a sample unless `all`) at each of its addresses, and holds the
/// certificates that come against the trust graph of these clusters.
Verification probe_mesh(const Spec& spec, bool all, const DialGateway& dial, kubernetes::ClientFactory& clients,
                        Clock& clock, const std::stop_token& stop);

}  // namespace mesh::istio
