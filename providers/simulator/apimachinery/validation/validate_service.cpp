#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

void one_of(const json& spec, const char* name, const std::vector<std::string>& supported, Causes& causes) {
  const std::string value = text_member(spec, name);
  if (!value.empty() && std::find(supported.begin(), supported.end(), value) == supported.end())
    causes.not_supported(fmt::format("spec.{}", name), value, supported);
}

bool is_address(const std::string& text) {
  if (text.find(':') != std::string::npos)
    return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
  int dots = 0;
  for (std::size_t at = 0;; ++at) {
    const std::size_t end = std::min(text.find('.', at), text.size());
    const std::string part = text.substr(at, end - at);
    if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != std::string::npos ||
        std::stoi(part) > 255)
      return false;
    if (end == text.size()) return dots == 3;
    ++dots;
    at = end;
  }
}

void check_port(const json& port, const std::string& field, Causes& causes) {
  if (port.is_number() && (port < 1 || port > 65535))
    causes.invalid(field, port, "must be between 1 and 65535, inclusive");
  if (port.is_string())
    for (const std::string& error : port_name_errors(port.get<std::string>())) causes.invalid(field, port, error);
}

void validate_ports(const json& spec, Causes& causes) {
  const json& ports = member_of(spec, "ports");
  std::set<std::string> names;
  for (std::size_t i = 0; ports.is_array() && i < ports.size(); ++i) {
    const std::string at = at_index("spec.ports", i);
    const std::string name = text_member(ports[i], "name");
    if (name.empty()) {
      if (ports.size() > 1) causes.required(at + ".name");
    } else {
      for (const std::string& error : dns_label_errors(name)) causes.invalid(at + ".name", name, error);
      if (!names.insert(name).second) causes.duplicate(at + ".name", name);
    }
    check_port(member_of(ports[i], "port"), at + ".port", causes);
    const std::string protocol = text_member(ports[i], "protocol");
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
      causes.not_supported(at + ".protocol", protocol, {"SCTP", "TCP", "UDP"});
    check_port(member_of(ports[i], "targetPort"), at + ".targetPort", causes);
  }
}

void validate_same_ports(const json& spec, Causes& causes) {
  const json& ports = member_of(spec, "ports");
  std::set<std::tuple<long, std::string>> seen;
  for (std::size_t i = 0; ports.is_array() && i < ports.size(); ++i) {
    const std::string protocol = text_member(ports[i], "protocol");
    const long port = number_member(ports[i], "port");
    if (seen.insert({port, protocol}).second) continue;
    causes.add("FieldValueDuplicate", at_index("spec.ports", i),
               fmt::format("Duplicate value: {{\"Name\":\"\",\"Protocol\":\"{}\",\"AppProtocol\":null,\"Port\":{},"
                           "\"TargetPort\":0,\"NodePort\":0}}",
                           protocol, port));
  }
}

void validate_addresses(const json& spec, Causes& causes) {
  const json& addresses = member_of(spec, "clusterIPs");
  const std::string first = text_member(spec, "clusterIP");
  const std::string address = addresses.is_array() && !addresses.empty() ? addresses[0].get<std::string>() : first;
  if (!address.empty() && address != "None" && !is_address(address))
    causes.invalid("spec.clusterIPs[0]", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  const std::string type = text_member(spec, "type");
  if (address == "None" && (type == "LoadBalancer" || type == "NodePort"))
    causes.invalid("spec.clusterIPs[0]", address, fmt::format("may not be set to 'None' for {} services", type));
  const json& outside = member_of(spec, "externalIPs");
  for (std::size_t i = 0; outside.is_array() && i < outside.size(); ++i) {
    const std::string one = outside[i].is_string() ? outside[i].get<std::string>() : "";
    if (!is_address(one))
      causes.invalid(at_index("spec.externalIPs", i), one,
                     "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
  const json& ranges = member_of(spec, "loadBalancerSourceRanges");
  if (ranges.is_array() && !ranges.empty() && type != "LoadBalancer")
    causes.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
  for (std::size_t i = 0; ranges.is_array() && i < ranges.size(); ++i) {
    const std::string range = ranges[i].get<std::string>();
    const std::size_t slash = range.find('/');
    if (slash == std::string::npos || !is_address(range.substr(0, slash)))
      causes.invalid(at_index("spec.LoadBalancerSourceRanges", i), range,
                     "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  }
}

void validate_policies(const json& spec, Causes& causes) {
  const std::string type = text_member(spec, "type");
  const json& external = member_of(spec, "externalIPs");
  const bool outside =
      type == "LoadBalancer" || type == "NodePort" || (type == "ClusterIP" && external.is_array() && !external.empty());
  const std::string policy = text_member(spec, "externalTrafficPolicy");
  if (!policy.empty() && !outside)
    causes.invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services");
  else
    one_of(spec, "externalTrafficPolicy", {"Cluster", "Local"}, causes);
  one_of(spec, "internalTrafficPolicy", {"Cluster", "Local"}, causes);
  if (spec.contains("loadBalancerClass") && type != "LoadBalancer")
    causes.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  if (spec.contains("allocateLoadBalancerNodePorts") && type != "LoadBalancer")
    causes.forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
  one_of(spec, "ipFamilyPolicy", {"PreferDualStack", "RequireDualStack", "SingleStack"}, causes);
  if (text_member(spec, "ipFamilyPolicy") == "RequireDualStack" && type != "ExternalName")
    causes.invalid("spec.ipFamilyPolicy", "RequireDualStack", "this cluster is not configured for dual-stack services");
  const json& families = member_of(spec, "ipFamilies");
  for (std::size_t i = 0; families.is_array() && i < families.size(); ++i)
    if (families[i] == "IPv6")
      causes.invalid(at_index("spec.ipFamilies", i), families[i], "not configured on this cluster");
}

}  // namespace

void validate_service(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  const std::string type = text_member(spec, "type");
  const json& ports = member_of(spec, "ports");
  const bool headless = text_member(spec, "clusterIP") == "None";
  if ((!ports.is_array() || ports.empty()) && !headless && type != "ExternalName") causes.required("spec.ports");
  if (type == "ExternalName" && text_member(spec, "externalName").empty()) causes.required("spec.externalName");
  if (const std::string name = text_member(spec, "externalName"); type == "ExternalName" && !name.empty())
    for (const std::string& error : dns_subdomain_errors(name)) causes.invalid("spec.externalName", name, error);
  validate_ports(spec, causes);
  validate_labels(member_of(spec, "selector"), "spec.selector", causes);
  one_of(spec, "sessionAffinity", {"ClientIP", "None"}, causes);
  one_of(spec, "type", {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, causes);
  if (type == "ClusterIP" && ports.is_array())
    for (std::size_t i = 0; i < ports.size(); ++i)
      if (number_member(ports[i], "nodePort") != 0)
        causes.forbidden(at_index("spec.ports", i) + ".nodePort", "may not be used when `type` is 'ClusterIP'");
  validate_same_ports(spec, causes);
  validate_addresses(spec, causes);
  validate_policies(spec, causes);
}

void validate_service_status(const json& object, Causes& causes) {
  const json& ingress = member_of(member_of(member_of(object, "status"), "loadBalancer"), "ingress");
  if (ingress.is_array() && !ingress.empty() && text_member(member_of(object, "spec"), "type") != "LoadBalancer")
    causes.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'");
}

void validate_service_update(const json& before, const json& after, Causes& causes) {
  const json& old = member_of(before, "spec");
  const json& now = member_of(after, "spec");
  const auto has_address = [](const json& spec) { return text_member(spec, "type") != "ExternalName"; };
  const std::string address = text_member(old, "clusterIP");
  if (has_address(old) && has_address(now) && !address.empty() && text_member(now, "clusterIP") != address)
    causes.invalid("spec.clusterIPs[0]", json::array({text_member(now, "clusterIP")}), "may not change once set");
  if (text_member(old, "type") == "LoadBalancer" && text_member(now, "type") == "LoadBalancer" &&
      member_of(old, "loadBalancerClass") != member_of(now, "loadBalancerClass"))
    causes.invalid("spec.loadBalancerClass", member_of(now, "loadBalancerClass"), "may not change once set");
  validate_service(after, causes);
}

}  // namespace mesh::simulator
