#include "engine/cli/sim/sim_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/suggest.h"
#include "engine/jobs/files.h"
#include "engine/rehearse/simulated_mesh.h"
#include "providers/platform/platforms.h"
#include "providers/simulator/faults/fault_fields.h"
#include "providers/simulator/faults/load_faults.h"
#include "providers/simulator/server/control.h"

namespace mesh::cli {
namespace {

using simulator::ClusterSetup;
using simulator::FleetSettings;

Diagnostic misused(const std::string& cause, const std::string& hint) {
  return {.code = Code::usage, .summary = "wrong flag", .cause = cause, .hint = hint};
}

/// ADDR:PORT, [ADDR6]:PORT, or ADDR or ADDR6 alone.
Result<simulator::ListenSettings> listen_settings(const std::string& text) {
  simulator::ListenSettings listen;
  const auto bracket = text.find(']');
  auto colon = bracket == std::string::npos ? text.find(':') : text.find(':', bracket);
  // More than one, and no brackets that would set a port apart: an address of IPv6 alone.
  if (bracket == std::string::npos && text.find(':') != text.rfind(':')) colon = std::string::npos;
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  if (!address.empty()) listen.address = address;
  if (colon == std::string::npos) return listen;
  const std::string port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (error != std::errc() || end != port.data() + port.size()) {
    return failure(
        misused(fmt::format("--listen: `{}` names no port", text), "write ADDR:PORT, such as 127.0.0.1:6443"));
  }
  return listen;
}

Result<void> read_delays(const std::vector<std::string>& words, simulator::Delays& delays) {
  const std::array<std::pair<const char*, std::chrono::milliseconds*>, 8> known = {
      {{"controller", &delays.controller},
       {"pod_start", &delays.pod_start},
       {"pod_ready", &delays.pod_ready},
       {"pod_stop", &delays.pod_stop},
       {"load_balancer", &delays.load_balancer},
       {"autoscaler", &delays.autoscaler},
       {"sync", &delays.sync},
       {"sync_timeout", &delays.sync_timeout}}};
  std::vector<std::string> names;
  for (const auto& [name, ignored] : known) names.emplace_back(name);
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return failure(misused(fmt::format("--delay: nothing is called `{}`", name), did_you_mean(name, names)));
    }
    const auto duration =
        equals == std::string::npos ? std::nullopt : simulator::duration_of(std::string_view(word).substr(equals + 1));
    if (!duration) {
      return failure(
          misused(fmt::format("--delay: `{}` ends in no duration", word), "write load_balancer=2s or sync=500ms"));
    }
    *known.at(static_cast<std::size_t>(found - names.begin())).second = *duration;
  }
  return {};
}

Result<void> read_faults(const std::string& file, FleetSettings& settings) {
  auto bytes = read_file(file);
  if (!bytes) return failure(std::move(bytes.error()));
  auto faults = simulator::load_faults(file, *bytes);
  if (!faults) return failure(std::move(faults.error()));
  std::vector<std::string> clusters;
  for (const ClusterSetup& one : settings.clusters) clusters.push_back(one.name);
  Diagnostics problems;
  for (const simulator::Fault& fault : *faults) {
    if (const auto why = simulator::without_target(fault, clusters)) {
      problems.push_back({.code = Code::invalid_value,
                          .at = Position{.file = file},
                          .summary = "fault can never strike",
                          .cause = *why,
                          .hint = "name one of them; `*` and `?` stand for any"});
    }
  }
  if (!problems.empty()) return failure(std::move(problems));
  settings.faults = std::move(*faults);
  return {};
}

/// What LoadBalancer Services get, where it is not what their platform gives.
Result<void> read_load_balancers(const std::vector<std::string>& words, FleetSettings& settings) {
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const std::string cluster = equals == std::string::npos ? "*" : word.substr(0, equals);
    const std::string kind = equals == std::string::npos ? word : word.substr(equals + 1);
    if (kind != "ip" && kind != "hostname" && kind != "none") {
      return failure(misused(fmt::format("--lb: `{}` is not a kind of address", kind), "write ip, hostname or none"));
    }
    bool known = false;
    for (ClusterSetup& one : settings.clusters) {
      if (cluster != "*" && cluster != one.name) continue;
      known = true;
      if (kind != "none") one.platform.address = kind == "ip" ? LoadBalancerAddress::ip : LoadBalancerAddress::hostname;
    }
    if (!known) {
      return failure(
          misused(fmt::format("--lb: no cluster is called `{}`", cluster), "clusters are c1, c2 … or the spec's"));
    }
    if (kind == "none") {
      settings.faults.push_back({.kind = simulator::FaultKind::no_load_balancer, .cluster = cluster});
    }
  }
  return {};
}

}  // namespace

Result<FleetSettings> fleet_settings(const SimOptions& options, const Spec& spec) {
  FleetSettings settings;
  settings.seed = options.seed;
  auto listen = listen_settings(options.listen);
  if (!listen) return failure(std::move(listen.error()));
  settings.listen = *listen;
  if (auto read = read_delays(options.delays, settings.delays); !read) return failure(std::move(read.error()));
  settings.clusters = rehearse::clusters_of(spec, platform::all());
  if (options.istiod == "none") {
    for (ClusterSetup& one : settings.clusters) one.istio.reset();
  }
  if (options.faults_file) {
    if (auto read = read_faults(*options.faults_file, settings); !read) return failure(std::move(read.error()));
  }
  if (auto read = read_load_balancers(options.load_balancers, settings); !read) return failure(std::move(read.error()));
  return settings;
}

}  // namespace mesh::cli
