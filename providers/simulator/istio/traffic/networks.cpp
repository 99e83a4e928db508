#include "providers/simulator/istio/traffic/networks.h"

#include <algorithm>
#include <charconv>

#include "providers/simulator/istio/traffic/service_endpoints.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* network_label = "topology.istio.io/network";
constexpr int default_port = 15443;

/// What a Service offers before names are resolved.
struct Offer {
  std::string address;
  int port = default_port;
};

std::vector<std::string> node_addresses(const Objects& objects, const json& selector) {
  std::vector<std::string> addresses;
  for (const ObjectPtr& node : objects.list(resource::nodes, "")) {
    if (!selector.empty() && !has_labels(labels_of(*node), selector)) continue;
    for (const json& one : items(*node, {"status", "addresses"})) {
      // Others than ExternalIP are no way in from outside: istio-facts 3.
      if (text(one, {"type"}) == "ExternalIP") addresses.push_back(text(one, {"address"}));
    }
  }
  return addresses;
}

int node_port(const json& service, int port) {
  for (const json& one : items(service, {"spec", "ports"})) {
    if (number(one, {"port"}) == port) return static_cast<int>(number(one, {"nodePort"}, port));
  }
  return port;
}

}  // namespace

int gateway_port(const json& service) {
  int port = default_port;
  if (const std::string asked = label(service, "networking.istio.io/gatewayPort"); !asked.empty()) {
    std::from_chars(asked.data(), asked.data() + asked.size(), port);
  }
  return port;
}

namespace {

std::vector<Offer> offers_of(const Objects& objects, const json& service) {
  std::vector<Offer> offers;
  const int port = gateway_port(service);
  const std::string type = text(service, {"spec", "type"});
  if (type == "LoadBalancer") {
    for (const json& ingress : items(service, {"status", "loadBalancer", "ingress"})) {
      std::string address = text(ingress, {"ip"});
      if (address.empty()) address = text(ingress, {"hostname"});
      if (!address.empty()) offers.push_back({std::move(address), port});
    }
  }
  const std::string chosen = annotation(service, "traffic.istio.io/nodeSelector");
  const bool by_nodes = type == "NodePort" && !chosen.empty();
  const int external_port = by_nodes ? node_port(service, port) : port;
  for (const json& address : items(service, {"spec", "externalIPs"})) {
    if (address.is_string()) offers.push_back({address.get<std::string>(), external_port});
  }
  if (by_nodes) {
    const json selector = json::parse(chosen, nullptr, false);
    if (!selector.is_object()) return offers;
    for (std::string& address : node_addresses(objects, selector))
      offers.push_back({std::move(address), external_port});
  }
  return offers;
}

bool is_ipv4(const std::string& address) { return in_range(address, address + "/32"); }

/// One entry per address: a host name is resolved by istiod itself, and one without addresses is no gateway.
void add_resolved(std::vector<NetworkGateway>& found, const AddressBook& book, const IstiodView& view,
                  const NetworkGateway& gateway) {
  if (is_ipv4(gateway.address) || gateway.address.find(':') != std::string::npos) {
    found.push_back(gateway);
    return;
  }
  const auto setting = view.plane.env.find("RESOLVE_HOSTNAME_GATEWAYS");
  if (setting != view.plane.env.end() && setting->second == "false") return;
  for (std::string& address : book.resolve(gateway.address)) {
    NetworkGateway one = gateway;
    one.hostname = gateway.address;
    one.address = std::move(address);
    found.push_back(std::move(one));
  }
}

/// meshNetworks: gateways by address, or by the name of a Service of one of the network's registries.
void add_mesh_networks(std::vector<NetworkGateway>& found, const AddressBook& book, const IstiodView& view) {
  if (!view.plane.mesh_networks.is_object()) return;
  for (const auto& [network, settings] : view.plane.mesh_networks.items()) {
    for (const json& gateway : items(settings, {"gateways"})) {
      const int port = static_cast<int>(number(gateway, {"port"}, default_port));
      if (const std::string address = text(gateway, {"address"}); !address.empty()) {
        add_resolved(found, book, view, {.network = network, .cluster = {}, .address = address, .port = port});
        continue;
      }
      const std::string host = text(gateway, {"registryServiceName"});
      for (const ServiceRegistry& registry : view.registries) {
        if (registry.objects == nullptr) continue;
        const std::string name = host.substr(0, host.find('.'));
        const ObjectPtr service = registry.objects->get(resource::services, view.plane.system_namespace, name);
        // The label on the Service says more than meshNetworks.
        if (service == nullptr || !label(*service, network_label).empty()) continue;
        for (const Offer& offer : offers_of(*registry.objects, *service)) {
          add_resolved(found, book, view,
                       {.network = network, .cluster = registry.id, .address = offer.address, .port = port});
        }
      }
    }
  }
}

std::string network_by_mesh_networks(const IstiodView& view, const ServiceRegistry& registry,
                                     const std::string& address) {
  if (!view.plane.mesh_networks.is_object()) return {};
  for (const auto& [network, settings] : view.plane.mesh_networks.items()) {
    for (const json& one : items(settings, {"endpoints"})) {
      if (text(one, {"fromRegistry"}) == registry.id) return network;
    }
  }
  for (const auto& [network, settings] : view.plane.mesh_networks.items()) {
    for (const json& one : items(settings, {"endpoints"})) {
      if (in_range(address, text(one, {"fromCidr"}))) return network;
    }
  }
  return {};
}

}  // namespace

std::vector<NetworkGateway> gateways_of(const AddressBook& book, const IstiodView& view) {
  std::vector<NetworkGateway> found;
  const auto add = [&](const std::string& cluster, const Objects& objects) {
    for (const ObjectPtr& service : objects.list(resource::services, "")) {
      const std::string network = label(*service, network_label);
      if (network.empty() || !is_discovered(view.plane, objects, namespace_of(*service))) continue;
      if (declared_port(*service, gateway_port(*service)) == nullptr) continue;
      for (const Offer& offer : offers_of(objects, *service)) {
        add_resolved(found, book, view,
                     {.network = network, .cluster = cluster, .address = offer.address, .port = offer.port});
      }
    }
  };
  for (const ServiceRegistry& registry : view.registries) {
    if (registry.objects != nullptr) add(registry.id, *registry.objects);
  }
  for (const auto& [cluster, objects] : view.memory.departed) add(cluster, *objects);
  add_mesh_networks(found, book, view);
  return found;
}

std::string network_of(const IstiodView& view, const ServiceRegistry& registry, const json* pod,
                       const std::string& address) {
  if (pod != nullptr) {
    if (std::string own = label(*pod, network_label); !own.empty()) return own;
  }
  const std::string& system = view.plane.system_namespace;
  if (registry.objects != nullptr && is_discovered(view.plane, *registry.objects, system)) {
    if (const ObjectPtr home = registry.objects->get(resource::namespaces, "", system)) {
      if (std::string own = label(*home, network_label); !own.empty()) return own;
    }
  }
  return network_by_mesh_networks(view, registry, address);
}

}  // namespace mesh::simulator
