#pragma once

#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/addresses.h"
#include "providers/simulator/istio/traffic/istiod_view.h"

namespace mesh::simulator {

/// The gateways that istiod finds in all its registries and in meshNetworks, names resolved (istio-facts 3).
std::vector<NetworkGateway> gateways_of(const AddressBook& book, const IstiodView& view);

/// The port at which a Service is a gateway; it is none when it does not declare that port.
int gateway_port(const nlohmann::json& service);

/// The network of an endpoint: pod label, then the label of the system namespace, then meshNetworks, else none
/// (istio-facts 2). `pod` may be null.
std::string network_of(const IstiodView& view, const ServiceRegistry& registry, const nlohmann::json* pod,
                       const std::string& address);

}  // namespace mesh::simulator
