#include "providers/simulator/istio/traffic/route.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/istio/traffic/networks.h"
#include "providers/simulator/istio/traffic/route_via_gateway.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool routable(const SimulatedCluster& one, const SimulatedCluster& other) {
  return &one == &other || (!one.underlay.empty() && one.underlay == other.underlay);
}

/// Why no gateway of the endpoint's network is known: the first thing that looks like one.
std::string missing_gateway(const Question& question) {
  const std::string& network = question.endpoint_network;
  for (const ObjectPtr& service : question.target.world->objects->list(resource::services, "")) {
    if (label(*service, "istio") != "eastwestgateway" && label(*service, "topology.istio.io/network").empty()) continue;
    const std::string place =
        fmt::format("Service {}/{} of {}", namespace_of(*service), name_of(*service), question.target.world->name);
    const std::string labelled = label(*service, "topology.istio.io/network");
    if (labelled.empty()) return fmt::format("{} has no label topology.istio.io/network", place);
    if (labelled != network) return fmt::format("{} is labelled as gateway of network {}", place, labelled);
    if (!is_discovered(question.view.plane, *question.target.world->objects, namespace_of(*service))) {
      return fmt::format("discoverySelectors hide {}", place);
    }
    if (const int port = gateway_port(*service); declared_port(*service, port) == nullptr) {
      return fmt::format("{} has no port {}", place, port);
    }
    const json& ingress = items(*service, {"status", "loadBalancer", "ingress"});
    if (ingress.empty()) return fmt::format("{} has no address", place);
    return fmt::format("{} has an address that {} does not resolve", place, question.caller.name);
  }
  return fmt::format("{} has no gateway Service", question.target.world->name);
}

/// The caller's proxy dials the pod's own address.
Verdict dial_pod(const Question& question, Link link, const std::string& why) {
  const std::string& to = question.target.world->name;
  if (routable(question.caller, *question.target.world)) {
    return {Link::none,
            fmt::format("{} dials pod address {} of {}", question.caller.name, question.endpoint.address, to)};
  }
  return {link, fmt::format("{}, so {} dials pod address {} of {} itself, and nothing leads there", why,
                            question.caller.name, question.endpoint.address, to)};
}

}  // namespace

Verdict route_between(const Question& question) {
  const std::string& mine = question.client_network;
  const std::string& its = question.endpoint_network;
  const std::string& from = question.caller.name;
  const std::string& to = question.target.world->name;
  if (mine.empty()) {
    return dial_pod(question, Link::client_network,
                    fmt::format("callers in {} have no network (global.network of the injector is empty)", from));
  }
  if (its.empty()) {
    return dial_pod(question, Link::endpoint_network,
                    fmt::format("the endpoints of {} have no network (no label on pod or system namespace)", to));
  }
  if (mine == its) {
    return dial_pod(question, Link::same_network, fmt::format("{} and {} both say network {}", from, to, its));
  }
  std::vector<NetworkGateway> gateways;
  std::copy_if(question.view.gateways.begin(), question.view.gateways.end(), std::back_inserter(gateways),
               [&](const NetworkGateway& one) { return one.network == its; });
  if (gateways.empty()) {
    return dial_pod(question, Link::gateway_unknown,
                    fmt::format("{} knows no gateway of network {} ({})", from, its, missing_gateway(question)));
  }
  if (!question.mutual) {
    return {Link::plaintext, fmt::format("pod {} of {} takes no mutual TLS, and gateways pass nothing else on",
                                         name_of(*question.target.pod), to)};
  }
  // Those of the endpoint's own cluster go first; where it has none, any of the network.
  const auto own = [&](const NetworkGateway& one) { return one.cluster == question.registry.id; };
  if (std::any_of(gateways.begin(), gateways.end(), own)) std::erase_if(gateways, std::not_fn(own));
  Verdict first;
  for (const NetworkGateway& gateway : gateways) {
    Verdict verdict = route_via_gateway(question, gateway);
    if (verdict.reached()) return verdict;
    if (first.reached()) first = std::move(verdict);
  }
  return first;
}

}  // namespace mesh::simulator
