#include "providers/simulator/istio/traffic/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/istio/traffic/networks.h"
#include "providers/simulator/istio/traffic/policy.h"
#include "providers/simulator/istio/traffic/route.h"
#include "providers/simulator/istio/traffic/trust.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

Verdict broken(Link link, std::string reason) { return {link, std::move(reason)}; }

Link link_of(ApiProbe::Answer answer) {
  switch (answer) {
    case ApiProbe::Answer::unreachable:
      return Link::api_unreachable;
    case ApiProbe::Answer::untrusted:
      return Link::api_untrusted;
    case ApiProbe::Answer::unauthorized:
      return Link::token;
    case ApiProbe::Answer::forbidden:
      return Link::rights;
    case ApiProbe::Answer::ok:
      break;
  }
  return Link::syncing;
}

/// Why the caller's istiod does not read the other cluster.
Verdict unread(const TrafficModel& model, const IstiodView& view, const SimulatedCluster& to) {
  const SimulatedCluster& caller = *view.world;
  const ControlPlane* its_plane = model.plane(to);
  const std::string id = its_plane != nullptr ? its_plane->cluster_id : to.name;
  for (const ServiceRegistry& registry : view.registries) {
    if (registry.secret.empty() || (registry.cluster != to.name && registry.id != id)) continue;
    if (registry.objects != nullptr) {
      return broken(Link::wrong_server, fmt::format("Secret {} of {} says {} and leads to {}", registry.secret,
                                                    caller.name, id, registry.cluster));
    }
    return broken(link_of(registry.answer), fmt::format("istiod of {} does not read {} ({}): {}", caller.name, to.name,
                                                        to_string(registry.status), registry.why));
  }
  for (const auto& [place, why] : view.memory.refused) {
    const auto key = place.rfind(' ');
    if (place.substr(key + 1) != id) continue;
    return broken(Link::refused_secret,
                  fmt::format("istiod of {} does not take Secret {}: {}", caller.name, place.substr(0, key), why));
  }
  return broken(Link::remote_secret,
                fmt::format("{} holds no remote Secret for {} (key {})", caller.name, to.name, id));
}

const ServiceRegistry* registry_of(const IstiodView& view, const SimulatedCluster& to) {
  const auto it = std::find_if(view.registries.begin(), view.registries.end(), [&](const ServiceRegistry& one) {
    return one.cluster == to.name && one.objects != nullptr;
  });
  return it == view.registries.end() ? nullptr : &*it;
}

/// Whether the Service lets the caller's cluster use pods of another one at all.
Verdict may_cross(const IstiodView& view, const Target& target, const json& service, const std::string& host,
                  const ServiceRegistry& registry) {
  const ServiceName& name = target.service;
  if (is_cluster_local(view.plane, host)) {
    return broken(Link::cluster_local, fmt::format("{} is cluster-local", host));
  }
  if (text(service, {"spec", "internalTrafficPolicy"}) == "Local") {
    return broken(Link::cluster_local, fmt::format("internalTrafficPolicy of Service {} is Local", to_string(name)));
  }
  if (!is_discovered(view.plane, *registry.objects, name.ns)) {
    return broken(Link::discovery, fmt::format("discoverySelectors of {} hide namespace {} of {}", view.world->name,
                                               name.ns, target.world->name));
  }
  return {};
}

const ServiceEndpoint* endpoint_at(const std::vector<ServiceEndpoint>& endpoints, const Target& target) {
  const auto it = std::find_if(endpoints.begin(), endpoints.end(), [&](const ServiceEndpoint& one) {
    return one.address == target.address && one.pod != nullptr && name_of(*one.pod) == name_of(*target.pod);
  });
  return it == endpoints.end() ? nullptr : &*it;
}

/// The last step: the two proxies greet each other, and the program answers.
Verdict handshake_with(const TrafficModel& model, const IstiodView& view, const Caller& caller, const Target& target,
                       const ServiceEndpoint& endpoint, bool mutual) {
  const SimulatedCluster& to = *target.world;
  const ControlPlane* its_plane = model.plane(to);
  if (its_plane != nullptr && has_sidecar(*target.pod)) {
    const ServerMode mode =
        server_mode(*to.objects, *its_plane, target.service.ns, labels_of(*target.pod), endpoint.port);
    if (!mutual && mode == ServerMode::strict) {
      return broken(Link::strict_mode, fmt::format("pod {} of {} takes mutual TLS alone, and {} speaks plainly to it",
                                                   name_of(*target.pod), to.name, caller.cluster));
    }
    if (mutual && mode == ServerMode::disable) {
      return broken(Link::plaintext, fmt::format("a PeerAuthentication of {} turns mutual TLS off for pod {}, and {} "
                                                 "does not know",
                                                 to.name, name_of(*target.pod), caller.cluster));
    }
    if (mutual) {
      const Trust mine = trust_of(*view.world->objects, view.plane, caller.ns);
      const Trust its = trust_of(*to.objects, *its_plane, target.service.ns);
      const Handshake result = handshake(caller.cluster, mine, to.name, its);
      if (result.distrust == Distrust::roots) return broken(Link::roots, result.why);
      if (result.distrust == Distrust::domains) return broken(Link::trust_domain, result.why);
    }
  }
  if (program_at(*target.pod, endpoint.port).kind == Program::Kind::none) {
    return broken(Link::program, fmt::format("nothing listens on port {} of pod {} of {}", endpoint.port,
                                             name_of(*target.pod), to.name));
  }
  return {};
}

/// A caller without a sidecar knows the Services of its own cluster alone.
Verdict plain_verdict(const TrafficModel& model, const SimulatedCluster& from, const Caller& caller,
                      const Target& target, std::optional<int> port) {
  if (&from != target.world) {
    return broken(Link::sidecar, fmt::format("pod {} of {} has no sidecar, so a Service leads it to pods of {} alone",
                                             name_of(*caller.pod), from.name, from.name));
  }
  const ObjectPtr service = from.objects->get(resource::services, target.service.ns, target.service.name);
  const json* declared = service == nullptr ? nullptr : declared_port(*service, port);
  if (declared == nullptr) {
    return broken(Link::port, fmt::format("Service {} of {} has no such port", to_string(target.service), from.name));
  }
  const auto endpoints = endpoints_of(*from.objects, target.service, text(*declared, {"name"}));
  const ServiceEndpoint* endpoint = endpoint_at(endpoints, target);
  if (endpoint == nullptr || !endpoint->ready) {
    return broken(Link::readiness, fmt::format("pod {} of {} is not ready", name_of(*target.pod), from.name));
  }
  const IstiodView nobody{.world = &from};
  return handshake_with(model, nobody, caller, target, *endpoint, false);
}

/// Whether the caller's proxy speaks mutual TLS to the pod, as far as its own cluster knows.
bool speaks_mutual(const IstiodView& view, const Caller& caller, const Target& target, int port,
                   const std::string& host) {
  const Objects& objects = *view.world->objects;
  const std::string& ns = target.service.ns;
  return has_sidecar(*target.pod) && !callers_speak_plainly(objects, view.plane, caller.ns, host, ns) &&
         server_mode(objects, view.plane, ns, labels_of(*target.pod), port) != ServerMode::disable;
}

/// What the injector gave the caller: its proxy's network, its label, or the network of all callers of its cluster.
std::string client_network(const IstiodView& view, const Caller& caller) {
  if (caller.pod != nullptr && !annotation(*caller.pod, "sidecar.istio.io/status").empty()) {
    return env_of(*at(*caller.pod, {"spec"}), "ISTIO_META_NETWORK");
  }
  std::string own = caller.pod == nullptr ? "" : label(*caller.pod, "topology.istio.io/network");
  return own.empty() ? view.plane.network : own;
}

Verdict cross(const Question& question, const json& service) {
  const bool other_network = question.client_network != question.endpoint_network;
  if (other_network && text(service, {"spec", "clusterIP"}) == "None") {
    return broken(Link::headless, fmt::format("Service {} is headless and resolves within network {} alone",
                                              to_string(question.target.service), question.client_network));
  }
  return route_between(question);
}

}  // namespace

Verdict verdict(const TrafficModel& model, const Caller& caller, const Target& target, std::optional<int> port) {
  const SimulatedCluster& from = *model.clusters().find(caller.cluster);
  const SimulatedCluster& to = *target.world;
  if (caller.pod != nullptr && !has_sidecar(*caller.pod)) return plain_verdict(model, from, caller, target, port);
  const IstiodView* view = model.view(caller.cluster);
  if (view == nullptr) return broken(Link::control_plane, fmt::format("{} has no istiod", from.name));
  const ServiceName& name = target.service;
  ObjectPtr service = from.objects->get(resource::services, name.ns, name.name);
  if (service == nullptr && !view->plane.dns_capture()) {
    return broken(Link::service,
                  fmt::format("{} has no Service {}, so the name does not resolve there", from.name, to_string(name)));
  }
  const ServiceRegistry* registry = registry_of(*view, to);
  if (registry == nullptr) return unread(model, *view, to);
  if (service == nullptr) service = registry->objects->get(resource::services, name.ns, name.name);
  const std::string host = host_of(name, view->plane.domain);
  const bool crosses = &from != &to;
  if (crosses && service != nullptr) {
    if (Verdict may = may_cross(*view, target, *service, host, *registry); !may.reached()) return may;
  }
  const json* declared = service == nullptr ? nullptr : declared_port(*service, port);
  const std::string port_name = declared == nullptr ? "" : text(*declared, {"name"});
  if (declared == nullptr) return broken(Link::port, fmt::format("Service {} has no such port", to_string(name)));
  const auto endpoints = endpoints_of(*registry->objects, name, port_name);
  const ServiceEndpoint* endpoint = endpoint_at(endpoints, target);
  if (endpoint == nullptr) {
    return broken(Link::port, fmt::format("Service {} of {} has no port named `{}` at pod {}", to_string(name), to.name,
                                          port_name, name_of(*target.pod)));
  }
  if (!endpoint->ready) {
    return broken(Link::readiness, fmt::format("pod {} of {} is not ready", name_of(*target.pod), to.name));
  }
  const bool mutual = speaks_mutual(*view, caller, target, endpoint->port, host);
  Verdict way{Link::none, fmt::format("{} reaches its own pod", from.name)};
  if (crosses) {
    way = cross({.model = model,
                 .view = *view,
                 .caller = from,
                 .target = target,
                 .registry = *registry,
                 .endpoint = *endpoint,
                 .port = static_cast<int>(number(*declared, {"port"})),
                 .host = host,
                 .client_network = client_network(*view, caller),
                 .endpoint_network = network_of(*view, *registry, target.pod.get(), endpoint->address),
                 .mutual = mutual},
                *service);
    if (!way.reached()) return way;
  }
  Verdict end = handshake_with(model, *view, caller, target, *endpoint, mutual);
  return end.reached() ? way : end;
}

}  // namespace mesh::simulator
