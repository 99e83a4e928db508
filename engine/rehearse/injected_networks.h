#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/model/live_state.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"

namespace mesh::rehearse {

/// The revision of the istiod that was read; nothing: there is none.
std::optional<std::string> revision_of(const ClusterState& live);

/// The network that each cluster's injector gives to pods, by one request to each. It is part of the installation,
/// which a plan does not change (istio-facts 2). Where it cannot be read, the namespace's label of today, else the
/// spec, is taken; a warning says so where the two differ.
std::map<std::string, std::string> injected_networks(const Spec& spec, const LiveState& live,
                                                     kubernetes::ClientFactory& clients, Clock& clock,
                                                     const std::stop_token& stop, Diagnostics& warnings);

}  // namespace mesh::rehearse
