#include "providers/simulator/istio/traffic/addresses.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "engine/base/digest.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::optional<std::uint32_t> ipv4(const std::string& address) {
  std::uint32_t value = 0;
  const char* from = address.data();
  const char* const end = from + address.size();
  for (int part = 0; part < 4; ++part) {
    unsigned byte = 0;
    const auto [next, error] = std::from_chars(from, end, byte);
    if (error != std::errc() || byte > 255) return std::nullopt;
    value = value << 8 | byte;
    from = next;
    if (part == 3) break;
    if (from == end || *from != '.') return std::nullopt;
    ++from;
  }
  return from == end ? std::optional(value) : std::nullopt;
}

/// A network load balancer has an address in each of two zones.
std::array<std::string, 2> zone_addresses(const std::string& hostname) {
  const std::string digest = sha256_hex(hostname);
  const auto byte = [&](std::size_t i) {
    unsigned value = 0;
    std::from_chars(digest.data() + 2 * i, digest.data() + 2 * i + 2, value, 16);
    return value;
  };
  const unsigned last = 1 + byte(2) % 252;
  // 198.18.0.0/15 is set aside for tests: no such host exists.
  const char* range = hostname.starts_with("internal-") ? "172.21" : "198.19";
  return {fmt::format("{}.{}.{}", range, byte(0), last), fmt::format("{}.{}.{}", range, byte(1), last + 1)};
}

const json* port_by(const json& service, const char* field, int desired) {
  for (const json& one : items(service, {"spec", "ports"})) {
    if (number(one, {field}) == desired) return &one;
  }
  return nullptr;
}

}  // namespace

bool in_range(const std::string& address, const std::string& range) {
  const auto slash = range.find('/');
  if (slash == std::string::npos) return false;
  const auto base = ipv4(range.substr(0, slash));
  const auto value = ipv4(address);
  int bits = 0;
  const auto [end, error] = std::from_chars(range.data() + slash + 1, range.data() + range.size(), bits);
  if (!base || !value || error != std::errc() || end != range.data() + range.size() || bits < 0 || bits > 32) {
    return false;
  }
  const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (*base & mask) == (*value & mask);
}

AddressBook::AddressBook(const SimulatedClusters& clusters) {
  for (const SimulatedCluster& world : clusters.clusters) {
    for (const ObjectPtr& service : world.objects->list(resource::services, "")) add_service(world, service);
    for (const ObjectPtr& node : world.objects->list(resource::nodes, "")) {
      for (const json& one : items(*node, {"status", "addresses"})) {
        if (text(one, {"type"}) != "Hostname") nodes_[text(one, {"address"})].push_back(&world);
      }
    }
  }
}

void AddressBook::add_service(const SimulatedCluster& world, const ObjectPtr& service) {
  for (const json& one : items(*service, {"status", "loadBalancer", "ingress"})) {
    if (const std::string ip = text(one, {"ip"}); !ip.empty()) listeners_[ip].emplace_back(&world, service);
    const std::string hostname = text(one, {"hostname"});
    if (hostname.empty()) continue;
    const auto zones = zone_addresses(hostname);
    names_[hostname] = {zones.begin(), zones.end()};
    for (const std::string& zone : zones) listeners_[zone].emplace_back(&world, service);
  }
  for (const json& one : items(*service, {"spec", "externalIPs"})) {
    if (one.is_string()) listeners_[one.get<std::string>()].emplace_back(&world, service);
  }
}

std::vector<std::string> AddressBook::resolve(const std::string& hostname) const {
  const auto it = names_.find(hostname);
  return it == names_.end() ? std::vector<std::string>() : it->second;
}

Destination AddressBook::destination(const std::string& address, int port) const {
  Destination found;
  if (const auto it = listeners_.find(address); it != listeners_.end()) {
    for (const auto& [world, service] : it->second) {
      const json* declared = port_by(*service, "port", port);
      if (declared == nullptr) declared = port_by(*service, "nodePort", port);
      if (found.world == nullptr || declared != nullptr) found = {world, service, declared};
      if (declared != nullptr) return found;
    }
  }
  const auto nodes = nodes_.find(address);
  if (nodes == nodes_.end()) return found;
  for (const SimulatedCluster* world : nodes->second) {
    for (const ObjectPtr& service : world->objects->list(resource::services, "")) {
      if (const json* declared = port_by(*service, "nodePort", port)) return {world, service, declared};
    }
  }
  return found;
}

}  // namespace mesh::simulator
