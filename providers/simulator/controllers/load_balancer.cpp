#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/istio/traffic/addresses.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Whether a controller of the platform serves the class. Which ones a cluster of one's own has installed is not known.
bool is_served(const Platform& platform, const std::string& load_balancer_class) {
  if (load_balancer_class.empty()) return true;
  // The AWS Load Balancer Controller, and EKS Auto Mode.
  return platform.name == "eks" &&
         (load_balancer_class == "service.k8s.aws/nlb" || load_balancer_class == "eks.amazonaws.com/nlb");
}

/// Whether annotations make the load balancer internal (istio-facts 8).
bool is_internal(const Platform& platform, const json& service) {
  const auto& all = platform.internal_annotations;
  return std::any_of(all.begin(), all.end(), [&](const auto& one) {
    const auto in_public = platform.public_annotations.find(one.first);
    const bool says_it = in_public == platform.public_annotations.end() || in_public->second != one.second;
    return says_it && annotation(service, one.first.c_str()) == one.second;
  });
}

/// The address that the Service asks for: where MetalLB serves by its annotation, on Azure by Azure's, else by
/// spec.loadBalancerIP. Nothing: MetalLB refuses a Service that asks in both ways.
std::optional<std::string> asked_address(const Platform& platform, const json& service) {
  const std::string in_spec = text(service, {"spec", "loadBalancerIP"});
  if (!platform.load_balancer_ip) return "";
  const bool azure = !platform.internal_annotations.empty();
  for (const char* key : azure ? std::vector{"service.beta.kubernetes.io/azure-load-balancer-ipv4"}
                               : std::vector{"metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"}) {
    const std::string asked = annotation(service, key);
    if (asked.empty()) continue;
    if (!azure && !in_spec.empty()) return std::nullopt;
    return asked.substr(0, asked.find(','));
  }
  return in_spec;
}

/// As the platform gives addresses: a host name that tells the Service's uid, or an IP.
json address_for(ClusterContext& context, const json& service, const std::string& asked) {
  const std::string& cluster = context.settings.name;
  const Platform& platform = context.settings.platform;
  const bool forced_ip = context.faults.current(FaultKind::load_balancer_ip, cluster).has_value();
  const bool forced_name = context.faults.current(FaultKind::load_balancer_hostname, cluster).has_value();
  const bool internal = is_internal(platform, service);
  if (!forced_ip && (forced_name || platform.address == LoadBalancerAddress::hostname)) {
    std::string uid = text(service, {"metadata", "uid"});
    std::erase(uid, '-');
    return {{"hostname", fmt::format("{}a{}.{}.elb.example.com", internal ? "internal-" : "", uid, cluster)}};
  }
  return {{"ip", asked.empty() ? context.next_balancer_address(internal) : asked}, {"ipMode", "VIP"}};
}

/// Whether an address that was given is not the one that the Service asks for by now. Host names stay.
bool must_move(const Platform& platform, const json& service, const std::string& ip, const std::string& asked) {
  if (ip.empty() || !platform.load_balancer_ip) return false;
  return asked.empty() ? is_internal(platform, service) != in_range(ip, "172.20.0.0/16") : ip != asked;
}

}  // namespace

void reconcile_load_balancer(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr service = context.objects->get(resource::services, ns, name);
  if (service == nullptr || at(*service, {"metadata", "deletionTimestamp"}) != nullptr) return;
  const Platform& platform = context.settings.platform;
  const std::string watched = "load balancer " + text(*service, {"metadata", "uid"});
  const bool desired = text(*service, {"spec", "type"}) == "LoadBalancer" &&
                       is_served(platform, text(*service, {"spec", "loadBalancerClass"}));
  const json& addresses = items(*service, {"status", "loadBalancer", "ingress"});
  if (!desired) {
    context.forget_since(watched);
    if (!addresses.empty()) {
      context.patch(cloud_manager, resource::services, "v1", *service, {{"status", {{"loadBalancer", nullptr}}}}, true);
    }
    return;
  }
  const auto asked = asked_address(platform, *service);
  if (!asked || asked->find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) return;
  if (!addresses.empty() && !must_move(platform, *service, text(addresses.front(), {"ip"}), *asked)) return;
  if (context.faults.strikes(FaultKind::no_load_balancer, context.settings.name, ns, name)) return;
  const auto slow = context.faults.current(FaultKind::load_balancer_slow, context.settings.name);
  const TimePoint due = context.since(watched) + (slow ? slow->delay : context.settings.delays.load_balancer);
  if (const TimePoint now = context.clock.now(); now < due) {
    context.plan(ControllerKind::load_balancer, ns, name, std::chrono::ceil<std::chrono::milliseconds>(due - now));
    return;
  }
  const json ingress = json::array({address_for(context, *service, *asked)});
  context.patch(cloud_manager, resource::services, "v1", *service,
                {{"status", {{"loadBalancer", {{"ingress", ingress}}}}}}, true);
}

}  // namespace mesh::simulator
