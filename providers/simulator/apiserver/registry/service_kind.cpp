#include "providers/simulator/apiserver/registry/service_kind.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <set>

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr int first_node_port = 30000;
constexpr int last_node_port = 32767;
constexpr unsigned address_bits = 32;

std::string type_of(const json& service) { return service["spec"].value("type", "ClusterIP"); }

bool has_address(const json& service) { return type_of(service) != "ExternalName"; }

bool has_node_ports(const json& service) {
  const std::string type = type_of(service);
  if (type == "NodePort") return true;
  return type == "LoadBalancer" && service["spec"].value("allocateLoadBalancerNodePorts", true);
}

bool may_have_node_ports(const json& service) {
  return type_of(service) == "NodePort" || type_of(service) == "LoadBalancer";
}

bool has_health_port(const json& service) {
  return type_of(service) == "LoadBalancer" && service["spec"].value("externalTrafficPolicy", "") == "Local";
}

std::string protocol_of(const json& port) { return port.value("protocol", "TCP"); }

struct Range {
  std::uint32_t first = 0;
  std::uint32_t size = 0;
  bool contains(std::uint32_t address) const { return address - first < size; }
};

std::uint32_t number_of(const std::string& address) {
  in_addr parsed{};
  return inet_pton(AF_INET, address.c_str(), &parsed) == 1 ? ntohl(parsed.s_addr) : 0;
}

std::string text_of(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24U, (address >> 16U) & 255U, (address >> 8U) & 255U, address & 255U);
}

Range range_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  const unsigned prefix = static_cast<unsigned>(std::strtoul(text.c_str() + slash + 1, nullptr, 10));
  return {.first = number_of(text.substr(0, slash)), .size = 1U << (address_bits - prefix)};
}

// What other Services hold, and where new ones come from.
struct Taken {
  std::set<std::string> addresses;
  std::set<int> ports;
  // A dry run gives what nobody can have: the range's own address, ports after its end.
  bool dry_run = false;
  int next_dry_port = last_node_port + 2;
};

Taken taken_by_others(const Cluster& cluster, const json& service) {
  Taken taken;
  const std::string own = service["metadata"].value("uid", "");
  for (const StoredPtr& stored : cluster.store.read("services", "").objects) {
    if (stored->uid == own) continue;
    if (const std::string* address = stored->field("spec.clusterIP")) taken.addresses.insert(*address);
    if (stored->text.find("odePort\":") == std::string::npos) continue;
    const json spec = stored->json()["spec"];
    taken.ports.insert(spec.value("healthCheckNodePort", 0));
    for (const json& port : spec.value("ports", json::array())) taken.ports.insert(port.value("nodePort", 0));
  }
  return taken;
}

ApiError refuse(const json& service, const std::string& field, const std::string& message) {
  return invalid("", "Service", service["metadata"].value("name", ""), {{"FieldValueInvalid", message, field}});
}

std::optional<ApiError> give_address(Cluster& cluster, const json& before, json& service, const Taken& taken) {
  json& spec = service["spec"];
  std::string address = spec.value("clusterIP", "");
  const Range range = range_of(cluster.settings.service_range);
  if (address != "None") {
    const bool kept = !before.is_null() && before["spec"].value("clusterIP", "") == address;
    const auto fail = [&](const char* why) {
      return refuse(service, "spec.clusterIPs",
                    fmt::format("Invalid value: [\"{0}\"]: failed to allocate IP {0}: {1}", address, why));
    };
    if (address.empty() && taken.dry_run) {
      address = text_of(range.first);
    } else if (address.empty()) {
      do {
        address = text_of(range.first + 2 + static_cast<std::uint32_t>(cluster.random() % (range.size - 3)));
      } while (taken.addresses.contains(address));
    } else if (!kept && !range.contains(number_of(address))) {
      return fail("the provided network does not match the current range");
    } else if (!kept && taken.addresses.contains(address)) {
      return fail("provided IP is already allocated");
    }
    spec["clusterIP"] = address;
  }
  spec["clusterIPs"] = json::array({address});
  // A headless Service without selector may have endpoints of any family.
  const bool open = address == "None" && spec.value("selector", json::object()).empty();
  if (!spec.contains("ipFamilyPolicy")) spec["ipFamilyPolicy"] = open ? "RequireDualStack" : "SingleStack";
  if (!spec.contains("ipFamilies")) {
    spec["ipFamilies"] = json::array({"IPv4"});
    if (open && spec["ipFamilyPolicy"] != "SingleStack") spec["ipFamilies"].push_back("IPv6");
  }
  return std::nullopt;
}

int free_port(Cluster& cluster, Taken& taken) {
  if (taken.dry_run) return taken.next_dry_port++;
  int port = 0;
  do {
    port = first_node_port + static_cast<int>(cluster.random() % (last_node_port - first_node_port + 1));
  } while (taken.ports.contains(port));
  return port;
}

std::optional<ApiError> give_node_ports(Cluster& cluster, json& service, Taken& taken) {
  json& ports = service["spec"]["ports"];
  if (!ports.is_array()) return std::nullopt;
  std::map<int, std::string> own;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const int port = ports[i].value("nodePort", 0);
    if (port == 0) continue;
    const std::string field = fmt::format("spec.ports[{}].nodePort", i);
    if (port < first_node_port || port > last_node_port) {
      return refuse(service, field,
                    fmt::format("Invalid value: {}: provided port is not in the valid range. The range of valid ports "
                                "is 30000-32767",
                                port));
    }
    if (taken.ports.contains(port)) {
      return refuse(service, field, fmt::format("Invalid value: {}: provided port is already allocated", port));
    }
    own[port] = protocol_of(ports[i]);
  }
  for (const auto& [port, protocol] : own) taken.ports.insert(port);
  if (!has_node_ports(service)) return std::nullopt;
  for (json& port : ports) {
    if (port.value("nodePort", 0) != 0) continue;
    port["nodePort"] = free_port(cluster, taken);
    taken.ports.insert(port["nodePort"].get<int>());
  }
  return std::nullopt;
}

// The port of the same number and protocol in the Service's former state.
const json* same_port(const json& before, const json& port) {
  const auto ports = before["spec"].find("ports");
  if (ports == before["spec"].end()) return nullptr;
  for (const json& old : *ports) {
    if (old.value("port", 0) == port.value("port", 0) && protocol_of(old) == protocol_of(port)) return &old;
  }
  return nullptr;
}

void keep_ports(const json& before, json& service) {
  if (!has_node_ports(before) || !has_node_ports(service) || !service["spec"].contains("ports")) return;
  std::set<int> used;
  for (const json& port : service["spec"]["ports"]) used.insert(port.value("nodePort", 0));
  for (json& port : service["spec"]["ports"]) {
    if (port.value("nodePort", 0) != 0) continue;
    const json* old = same_port(before, port);
    const int number = old == nullptr ? 0 : old->value("nodePort", 0);
    if (number != 0 && used.insert(number).second) port["nodePort"] = number;
  }
}

// What came with the former type, and was not changed by hand, goes with it.
void drop_by_type(const json& before, json& service) {
  json& spec = service["spec"];
  const json& old = before["spec"];
  const auto drop_if_same = [&](const char* key) {
    if (spec.contains(key) && old.contains(key) && spec[key] == old[key]) spec.erase(key);
  };
  if (has_address(before) && !has_address(service)) {
    for (const char* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) drop_if_same(key);
    spec.erase("internalTrafficPolicy");
  }
  if (may_have_node_ports(before) && !may_have_node_ports(service)) {
    for (json& port : spec["ports"]) {
      const json* same = same_port(before, port);
      if (same != nullptr && same->value("nodePort", 0) == port.value("nodePort", 0)) port.erase("nodePort");
    }
    spec.erase("externalTrafficPolicy");
  }
  if (has_health_port(before) && !has_health_port(service)) drop_if_same("healthCheckNodePort");
  if (type_of(before) == "LoadBalancer" && type_of(service) != "LoadBalancer") {
    drop_if_same("allocateLoadBalancerNodePorts");
    drop_if_same("loadBalancerClass");
    if (service.contains("status")) service["status"]["loadBalancer"] = json::object();
  }
  if (type_of(before) == "ExternalName" && type_of(service) != "ExternalName") drop_if_same("externalName");
}

}  // namespace

void keep_allocated(const json& before, json& service) {
  json& spec = service["spec"];
  if (!spec.is_object()) spec = json::object();
  if (before.is_null()) {
    if (spec.contains("clusterIPs") && !spec.contains("clusterIP") && !spec["clusterIPs"].empty()) {
      spec["clusterIP"] = spec["clusterIPs"][0];
    }
    return;
  }
  if (has_address(before) && has_address(service)) {
    for (const char* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
      if (!spec.contains(key) && before["spec"].contains(key)) spec[key] = before["spec"][key];
    }
    // Who sets the first address alone means both.
    const std::string address = spec.value("clusterIP", "");
    if (spec["clusterIPs"] == before["spec"]["clusterIPs"] && address != before["spec"].value("clusterIP", "")) {
      spec["clusterIPs"] = json::array({address});
    }
  }
  keep_ports(before, service);
  if (has_health_port(before) && has_health_port(service) && !spec.contains("healthCheckNodePort") &&
      before["spec"].contains("healthCheckNodePort")) {
    spec["healthCheckNodePort"] = before["spec"]["healthCheckNodePort"];
  }
  drop_by_type(before, service);
}

std::optional<ApiError> allocate_service(Cluster& cluster, const json& before, json& service, bool dry_run) {
  Taken taken = taken_by_others(cluster, service);
  taken.dry_run = dry_run;
  if (has_address(service)) {
    if (auto error = give_address(cluster, before, service, taken)) return error;
  }
  if (may_have_node_ports(service)) {
    if (auto error = give_node_ports(cluster, service, taken)) return error;
  }
  if (has_health_port(service) && !service["spec"].contains("healthCheckNodePort")) {
    service["spec"]["healthCheckNodePort"] = free_port(cluster, taken);
  }
  return std::nullopt;
}

std::string first_service_address(const std::string& range) { return text_of(range_of(range).first + 1); }

}  // namespace mesh::simulator
