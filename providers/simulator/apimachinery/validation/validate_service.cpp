#include "providers/simulator/apimachinery/validation/validate_service.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <set>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_metadata.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* no_address = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

bool is_address(const std::string& address) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, address.c_str(), bytes) == 1 || inet_pton(AF_INET6, address.c_str(), bytes) == 1;
}

void one_of_if_set(const json& spec, const char* name, std::initializer_list<const char*> supported, Causes& causes) {
  if (const std::string value = text(spec, {name}); !value.empty())
    causes.one_of(fmt::format("spec.{}", name), value, supported);
}

void check_port(const json& port, const std::string& field, Causes& causes) {
  if (port.is_number() && (port < 1 || port > 65535))
    causes.invalid(field, port, "must be between 1 and 65535, inclusive");
  if (port.is_string()) causes.invalid_if(port_name_error(port.get<std::string>()), field, port);
}

void validate_ports(const json& spec, Causes& causes) {
  const json& ports = items(spec, {"ports"});
  std::set<std::string> names;
  std::set<std::string> numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string at = at_index("spec.ports", i);
    const std::string name = text(ports[i], {"name"});
    if (name.empty()) {
      if (ports.size() > 1) causes.required(at + ".name");
    } else {
      causes.invalid_if(dns_label_error(name), at + ".name", name);
      if (!names.insert(name).second) causes.duplicate(at + ".name", name);
    }
    check_port(member(ports[i], {"port"}), at + ".port", causes);
    check_port(member(ports[i], {"targetPort"}), at + ".targetPort", causes);
    const std::string protocol = text(ports[i], {"protocol"});
    causes.one_of(at + ".protocol", protocol, {"SCTP", "TCP", "UDP"});
    const std::string key = fmt::format("{}/{}", number(ports[i], {"port"}), protocol);
    if (!numbers.insert(key).second) causes.duplicate(at, key);
    if (text(spec, {"type"}) == "ClusterIP" && number(ports[i], {"nodePort"}) != 0)
      causes.forbidden(at + ".nodePort", "may not be used when `type` is 'ClusterIP'");
  }
}

void validate_addresses(const json& spec, const std::string& type, Causes& causes) {
  const json& addresses = items(spec, {"clusterIPs"});
  const std::string address = addresses.empty() ? text(spec, {"clusterIP"}) : addresses[0].get<std::string>();
  if (!address.empty() && address != "None" && !is_address(address))
    causes.invalid("spec.clusterIPs[0]", address, no_address);
  if (address == "None" && (type == "LoadBalancer" || type == "NodePort"))
    causes.invalid("spec.clusterIPs[0]", address, fmt::format("may not be set to 'None' for {} services", type));
  const json& outside = items(spec, {"externalIPs"});
  for (std::size_t i = 0; i < outside.size(); ++i)
    if (!outside[i].is_string() || !is_address(outside[i].get<std::string>()))
      causes.invalid(at_index("spec.externalIPs", i), outside[i], no_address);
  const json& ranges = items(spec, {"loadBalancerSourceRanges"});
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::string range = ranges[i].get<std::string>();
    const std::size_t slash = range.find('/');
    if (slash == std::string::npos || !is_address(range.substr(0, slash)))
      causes.invalid(at_index("spec.LoadBalancerSourceRanges", i), range, "must be a valid CIDR value");
  }
  if (type == "LoadBalancer") return;
  const std::string why = "may only be used when `type` is 'LoadBalancer'";
  if (!ranges.empty()) causes.forbidden("spec.LoadBalancerSourceRanges", why);
  for (const char* name : {"loadBalancerClass", "allocateLoadBalancerNodePorts"})
    if (spec.contains(name)) causes.forbidden(fmt::format("spec.{}", name), why);
}

void validate_policies(const json& spec, const std::string& type, Causes& causes) {
  const bool outside =
      type == "LoadBalancer" || type == "NodePort" || (type == "ClusterIP" && !items(spec, {"externalIPs"}).empty());
  const std::string policy = text(spec, {"externalTrafficPolicy"});
  if (!policy.empty() && !outside)
    causes.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
  else
    one_of_if_set(spec, "externalTrafficPolicy", {"Cluster", "Local"}, causes);
  one_of_if_set(spec, "internalTrafficPolicy", {"Cluster", "Local"}, causes);
  one_of_if_set(spec, "ipFamilyPolicy", {"PreferDualStack", "RequireDualStack", "SingleStack"}, causes);
  if (text(spec, {"ipFamilyPolicy"}) == "RequireDualStack" && type != "ExternalName")
    causes.invalid("spec.ipFamilyPolicy", "RequireDualStack", "this cluster is not configured for dual-stack services");
  const json& families = items(spec, {"ipFamilies"});
  for (std::size_t i = 0; i < families.size(); ++i)
    if (families[i] == "IPv6")
      causes.invalid(at_index("spec.ipFamilies", i), families[i], "not configured on this cluster");
}

}  // namespace

void validate_service(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  const std::string type = text(spec, {"type"});
  const bool external = type == "ExternalName";
  if (items(spec, {"ports"}).empty() && text(spec, {"clusterIP"}) != "None" && !external) causes.required("spec.ports");
  if (const std::string name = text(spec, {"externalName"}); external && name.empty())
    causes.required("spec.externalName");
  else if (external)
    causes.invalid_if(dns_subdomain_error(name), "spec.externalName", name);
  validate_ports(spec, causes);
  validate_labels(member(spec, {"selector"}), "spec.selector", causes);
  one_of_if_set(spec, "sessionAffinity", {"ClientIP", "None"}, causes);
  one_of_if_set(spec, "type", {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, causes);
  validate_addresses(spec, type, causes);
  validate_policies(spec, type, causes);
}

void validate_service_status(const json& object, Causes& causes) {
  if (!items(object, {"status", "loadBalancer", "ingress"}).empty() && text(object, {"spec", "type"}) != "LoadBalancer")
    causes.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
}

void validate_service_update(const json& before, const json& after, Causes& causes) {
  const json& old = member(before, {"spec"});
  const json& now = member(after, {"spec"});
  const std::string old_type = text(old, {"type"});
  const std::string type = text(now, {"type"});
  const std::string address = text(old, {"clusterIP"});
  if (old_type != "ExternalName" && type != "ExternalName" && !address.empty() && text(now, {"clusterIP"}) != address)
    causes.invalid("spec.clusterIPs[0]", text(now, {"clusterIP"}), "may not change once set");
  const json& balancer = member(now, {"loadBalancerClass"});
  if (old_type == "LoadBalancer" && type == "LoadBalancer" && member(old, {"loadBalancerClass"}) != balancer)
    causes.invalid("spec.loadBalancerClass", balancer, "may not change once set");
  validate_service(after, causes);
}

}  // namespace mesh::simulator
