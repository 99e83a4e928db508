#include "providers/simulator/istio/traffic/route_via_gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "providers/simulator/istio/traffic/networks.h"
#include "providers/simulator/istio/traffic/policy.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Whether the load balancer lets the caller's nodes in. Without ranges it lets everybody in.
bool lets_in(const json& service, const SimulatedCluster& caller) {
  const json& ranges = items(service, {"spec", "loadBalancerSourceRanges"});
  if (ranges.empty()) return true;
  for (const ObjectPtr& node : caller.objects->list(resource::nodes, "")) {
    for (const json& address : items(*node, {"status", "addresses"})) {
      for (const json& range : ranges) {
        if (range.is_string() && in_range(text(address, {"address"}), range.get<std::string>())) return true;
      }
    }
  }
  return false;
}

/// Ready pods behind the Service whose proxy runs: one that was not injected has the image `auto` and never starts.
std::vector<ObjectPtr> gateway_pods(const Objects& objects, const json& service) {
  std::vector<ObjectPtr> pods;
  const json* selector = at(service, {"spec", "selector"});
  if (selector == nullptr) return pods;
  for (const ObjectPtr& pod : objects.list(resource::pods, namespace_of(service))) {
    if (is_ready(*pod) && has_labels(labels_of(*pod), *selector)) pods.push_back(pod);
  }
  return pods;
}

/// How the Gateway resources of the cluster open this port on these pods for the host.
struct Opening {
  std::set<std::string> passing;
  /// The port is opened in another way: what it says.
  std::string otherwise;
};

Opening opening_of(const Objects& objects, const json& pod, const std::set<int>& ports, const std::string& host) {
  Opening opening;
  std::map<std::string, std::set<std::string>> late;
  const Labels labels = labels_of(pod);
  const std::string started = text(pod, {"metadata", "creationTimestamp"});
  for (const ObjectPtr& gateway : objects.list(resource::gateways, "")) {
    const json* selector = at(*gateway, {"spec", "selector"});
    if (selector != nullptr && !selector->empty() && !has_labels(labels, *selector)) continue;
    for (const json& server : items(*gateway, {"spec", "servers"})) {
      if (!ports.contains(static_cast<int>(number(server, {"port", "number"})))) continue;
      const std::string mode = text(server, {"tls", "mode"});
      const std::string place = fmt::format("Gateway {}/{}", namespace_of(*gateway), name_of(*gateway));
      if (mode != "AUTO_PASSTHROUGH") {
        opening.otherwise = fmt::format("{} has TLS mode {} there, not AUTO_PASSTHROUGH", place, mode);
        continue;
      }
      for (const json& pattern : items(server, {"hosts"})) {
        if (!pattern.is_string()) continue;
        // "NAMESPACE/HOST" limits who may bind, not which host is meant.
        std::string named = pattern.get<std::string>();
        named = named.substr(named.find('/') == std::string::npos ? 0 : named.find('/') + 1);
        if (host_matches(named, host)) {
          const std::string made = text(*gateway, {"metadata", "creationTimestamp"});
          (made > started ? late[made] : opening.passing).insert(named);
        } else {
          opening.otherwise = fmt::format("{} opens {} and not {}", place, named, host);
        }
      }
    }
  }
  // A proxy rejects a listener that opens one host twice, and goes on with the listener that it has.
  if (opening.passing.empty() && !late.empty()) opening.passing = std::move(late.begin()->second);
  return opening;
}

/// Whether the gateway's own istiod gives it the endpoint: known, and of a network that its pod wants to see.
Verdict seen_by_gateway(const Question& question, const SimulatedCluster& world, const json& pod) {
  const SimulatedCluster& to = *question.target.world;
  const TrafficModel& model = question.model;
  const IstiodView* view = &world == &to ? model.own_view(world.name) : model.view(world.name);
  const auto missing = [&](const std::string& why) {
    return Verdict{Link::gateway_view, fmt::format("the gateway of {} does not pass on: {}", world.name, why)};
  };
  if (view == nullptr) return missing("its cluster has no istiod");
  const auto registry = std::find_if(view->registries.begin(), view->registries.end(), [&](const ServiceRegistry& one) {
    return one.cluster == to.name && one.objects != nullptr;
  });
  if (registry == view->registries.end()) return missing(fmt::format("its istiod does not read {}", to.name));
  const ServiceName& service = question.target.service;
  const ObjectPtr known = registry->objects->get(resource::services, service.ns, service.name);
  if (known == nullptr || declared_port(*known, question.port) == nullptr) {
    return missing(fmt::format("its istiod knows no port {} of {}", question.port, to_string(service)));
  }
  if (!is_discovered(view->plane, *registry->objects, service.ns)) {
    return missing(fmt::format("discoverySelectors of {} hide namespace {}", world.name, service.ns));
  }
  const std::string desired = env_of(*at(pod, {"spec"}), "ISTIO_META_REQUESTED_NETWORK_VIEW");
  const std::string network = network_of(*view, *registry, question.target.pod.get(), question.endpoint.address);
  if (desired.empty() || network.empty()) return {};
  std::istringstream list(desired);
  for (std::string one; std::getline(list, one, ',');) {
    if (one == network) return {};
  }
  return missing(fmt::format("its pods see network {} alone, and the endpoint is in {}", desired, network));
}

}  // namespace

Verdict route_via_gateway(const Question& question, const NetworkGateway& gateway) {
  const std::string shown = fmt::format("{}:{}", gateway.address, gateway.port);
  const Destination destination = question.model.book().destination(gateway.address, gateway.port);
  if (destination.world == nullptr) {
    return {Link::gateway_address, fmt::format("no process listens at gateway address {}", shown)};
  }
  const SimulatedCluster& world = *destination.world;
  const std::string place =
      fmt::format("Service {}/{} of {}", namespace_of(*destination.service), name_of(*destination.service), world.name);
  if (destination.port == nullptr) {
    return {Link::gateway_port, fmt::format("{} has no port {}", place, gateway.port)};
  }
  if (!lets_in(*destination.service, question.caller)) {
    return {Link::source_ranges,
            fmt::format("loadBalancerSourceRanges of {} keep the nodes of {} out", place, question.caller.name)};
  }
  const std::vector<ObjectPtr> pods = gateway_pods(*world.objects, *destination.service);
  if (pods.empty()) return {Link::gateway_pods, fmt::format("there is no ready pod behind {}", place)};
  const int declared = static_cast<int>(number(*destination.port, {"port"}));
  const int inner = static_cast<int>(number(*destination.port, {"targetPort"}, declared));
  const Opening opening = opening_of(*world.objects, *pods.front(), {declared, inner}, question.host);
  if (opening.passing.empty()) {
    return {Link::exposure, fmt::format("no Gateway of {} passes {} through on port {}{}{}", world.name, question.host,
                                        inner, opening.otherwise.empty() ? "" : ": ", opening.otherwise)};
  }
  if (opening.passing.size() > 1) {
    return {Link::listener,
            fmt::format("Gateways of {} open {} by overlapping hosts on port {}, so its proxies reject the "
                        "listener",
                        world.name, question.host, inner)};
  }
  if (Verdict seen = seen_by_gateway(question, world, *pods.front()); !seen.reached()) return seen;
  const SimulatedCluster& to = *question.target.world;
  if (&world != &to && (world.underlay.empty() || world.underlay != to.underlay)) {
    return {Link::gateway_view, fmt::format("nothing leads from the gateway of {} to pods of {}", world.name, to.name)};
  }
  return {Link::none, fmt::format("{} goes through the gateway at {} to {}", question.caller.name, shown, to.name)};
}

}  // namespace mesh::simulator
