#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t most_shown = 3;

std::string load_balancer_text(const json& service) {
  std::set<std::string> addresses;
  for (const json& one : member(service, "/status/loadBalancer/ingress")) {
    const std::string ip = text_at(one, "ip");
    const std::string address = ip.empty() ? text_at(one, "hostname") : ip;
    if (!address.empty()) addresses.insert(address);
  }
  return fmt::format("{}", fmt::join(addresses, ","));
}

std::string external_text(const json& service) {
  const std::string type = text_member(service, "/spec/type");
  if (type == "ExternalName") return text_member(service, "/spec/externalName");
  std::string external =
      fmt::format("{}", fmt::join(texts_at(service.value("spec", json::object()), "externalIPs"), ","));
  if (type == "ClusterIP" || type == "NodePort") return external.empty() ? "<none>" : external;
  if (type != "LoadBalancer") return "<unknown>";
  const std::string balancer = load_balancer_text(service);
  if (external.empty()) return balancer.empty() ? "<pending>" : balancer;
  return balancer.empty() ? external : balancer + "," + external;
}

std::string ports_text(const json& service) {
  std::vector<std::string> texts;
  for (const json& port : member(service, "/spec/ports")) {
    const std::int64_t node = number_member(port, "/nodePort");
    const std::string protocol = text_at(port, "protocol");
    const std::int64_t number = number_member(port, "/port");
    texts.push_back(node > 0 ? fmt::format("{}:{}/{}", number, node, protocol)
                             : fmt::format("{}/{}", number, protocol));
  }
  return texts.empty() ? "<none>" : fmt::format("{}", fmt::join(texts, ","));
}

json service_cells(const json& service, Now now) {
  return {text_member(service, "/spec/type"),
          text_member(service, "/spec/clusterIPs/0", "<none>"),
          external_text(service),
          ports_text(service),
          age_of(service, now),
          labels_text(member(service, "/spec/selector"))};
}

/// At most three of them, and how many more there are.
std::string shortened(const std::vector<std::string>& texts) {
  if (texts.size() <= most_shown) return fmt::format("{}", fmt::join(texts, ","));
  return fmt::format("{} + {} more...", fmt::join(texts.begin(), texts.begin() + most_shown, ","),
                     texts.size() - most_shown);
}

json endpoints_cells(const json& object, Now now) {
  const json& subsets = member(object, "/subsets");
  std::vector<std::string> texts;
  for (const json& subset : subsets) {
    const json& ports = member(subset, "/ports");
    for (std::size_t i = 0; i < std::max<std::size_t>(ports.size(), 1); ++i) {
      for (const json& address : member(subset, "/addresses")) {
        const std::string ip = text_at(address, "ip");
        const std::string host = ip.find(':') == std::string::npos ? ip : "[" + ip + "]";
        texts.push_back(ports.empty() ? ip : fmt::format("{}:{}", host, number_member(ports[i], "/port")));
      }
    }
  }
  return {subsets.empty() ? "<none>" : shortened(texts), age_of(object, now)};
}

json slice_cells(const json& object, Now now) {
  std::vector<std::string> ports;
  for (const json& port : member(object, "/ports")) {
    const json& number = member(port, "/port");
    ports.push_back(number.is_number() ? number.dump() : text_member(port, "/name", "*"));
  }
  std::vector<std::string> addresses;
  for (const json& endpoint : member(object, "/endpoints")) {
    for (const std::string& address : texts_at(endpoint, "addresses")) addresses.push_back(address);
  }
  const auto text = [](const std::vector<std::string>& texts) { return texts.empty() ? "<unset>" : shortened(texts); };
  return {text_at(object, "addressType"), text(ports), text(addresses), age_of(object, now)};
}

std::string node_status(const json& node) {
  std::string status = "Unknown";
  for (const json& one : member(node, "/status/conditions")) {
    if (text_at(one, "type") == "Ready") status = text_at(one, "status") == "True" ? "Ready" : "NotReady";
  }
  return member(node, "/spec/unschedulable") == true ? status + ",SchedulingDisabled" : status;
}

std::string node_roles(const json& node) {
  const std::string prefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  for (const auto& [key, value] : member(node, "/metadata/labels").items()) {
    if (key.starts_with(prefix) && key.size() > prefix.size()) roles.insert(key.substr(prefix.size()));
    if (key == "kubernetes.io/role" && value.is_string()) roles.insert(value.get<std::string>());
  }
  return roles.empty() ? "<none>" : fmt::format("{}", fmt::join(roles, ","));
}

std::string node_address(const json& node, const std::string& type) {
  for (const json& one : member(node, "/status/addresses")) {
    if (text_at(one, "type") == type) return text_at(one, "address");
  }
  return "<none>";
}

json node_cells(const json& node, Now now) {
  const std::string kernel = text_member(node, "/status/nodeInfo/kernelVersion", "<unknown>");
  const std::string machine = text_member(node, "/status/nodeInfo/architecture");
  return {node_status(node),
          node_roles(node),
          age_of(node, now),
          text_member(node, "/status/nodeInfo/kubeletVersion"),
          node_address(node, "InternalIP"),
          node_address(node, "ExternalIP"),
          text_member(node, "/status/nodeInfo/osImage", "<unknown>"),
          machine.empty() ? kernel : fmt::format("{} ({})", kernel, machine),
          text_member(node, "/status/nodeInfo/containerRuntimeVersion", "<unknown>")};
}

}  // namespace

void add_network_cells(CellMakers& makers) {
  makers[{"", "services"}] = service_cells;
  makers[{"", "endpoints"}] = endpoints_cells;
  makers[{"discovery.k8s.io", "endpointslices"}] = slice_cells;
  makers[{"", "nodes"}] = node_cells;
}

}  // namespace mesh::simulator
