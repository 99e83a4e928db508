#pragma once

#include "providers/simulator/istio/traffic/route.h"

namespace mesh::simulator {

/// Through one gateway: does it listen, let the caller in, pass the host on and know the pod?
Verdict route_via_gateway(const Question& question, const NetworkGateway& gateway);

}  // namespace mesh::simulator
