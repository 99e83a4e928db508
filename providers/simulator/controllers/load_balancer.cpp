#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// As the platform gives addresses: a host name that tells the Service's uid, or an IP; the one that was asked for
/// where the platform honours it.
json address_for(ClusterContext& context, const json& service) {
  const std::string& cluster = context.settings.name;
  const bool forced_ip = context.faults.current(FaultKind::load_balancer_ip, cluster).has_value();
  const bool forced_name = context.faults.current(FaultKind::load_balancer_hostname, cluster).has_value();
  const bool has_name = context.settings.platform.address == LoadBalancerAddress::hostname;
  if (!forced_ip && (forced_name || has_name)) {
    std::string uid = text(service, {"metadata", "uid"});
    std::erase(uid, '-');
    return {{"hostname", fmt::format("a{}.{}.elb.example.com", uid, cluster)}};
  }
  const std::string asked = text(service, {"spec", "loadBalancerIP"});
  const bool honoured = context.settings.platform.load_balancer_ip && !asked.empty();
  return {{"ip", honoured ? asked : context.next_public_address()}, {"ipMode", "VIP"}};
}

}  // namespace

void reconcile_load_balancer(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr service = context.objects->get(resource::services, ns, name);
  if (service == nullptr || at(*service, {"metadata", "deletionTimestamp"}) != nullptr) return;
  const std::string watched = "load balancer " + text(*service, {"metadata", "uid"});
  const bool desired =
      text(*service, {"spec", "type"}) == "LoadBalancer" && text(*service, {"spec", "loadBalancerClass"}).empty();
  const bool addressed = !items(*service, {"status", "loadBalancer", "ingress"}).empty();
  if (!desired) {
    context.forget_since(watched);
    if (addressed) {
      context.patch(cloud_manager, resource::services, "v1", *service, {{"status", {{"loadBalancer", nullptr}}}}, true);
    }
    return;
  }
  if (addressed || context.faults.no_load_balancer(context.settings.name, ns, name)) return;
  const auto slow = context.faults.current(FaultKind::load_balancer_slow, context.settings.name);
  const TimePoint due = context.since(watched) + (slow ? slow->delay : context.settings.delays.load_balancer);
  if (const TimePoint now = context.clock.now(); now < due) {
    context.plan(ControllerKind::load_balancer, ns, name, std::chrono::ceil<std::chrono::milliseconds>(due - now));
    return;
  }
  const std::string asked = text(*service, {"spec", "loadBalancerIP"});
  if (asked.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) return;
  const json ingress = json::array({address_for(context, *service)});
  context.patch(cloud_manager, resource::services, "v1", *service,
                {{"status", {{"loadBalancer", {{"ingress", ingress}}}}}}, true);
}

}  // namespace mesh::simulator
