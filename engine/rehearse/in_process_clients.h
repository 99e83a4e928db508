#pragma once

#include <memory>

#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {

/// Clients of simulated clusters, chosen by the name of the cluster: the same as of real ones down to the HTTP request,
/// which is answered by a call. What the world does to a request is done as well: a server that is none of these is
/// not there, and a certificate authority that is not theirs does not verify. Both outlive the factory.
std::unique_ptr<kubernetes::ClientFactory> in_process_clients(const simulator::Simulation& simulation, Clock& clock);

}  // namespace mesh::rehearse
