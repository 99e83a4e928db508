#include "providers/simulator/simulator.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

/// The same URL with the other name of loopback, which the certificates know as well.
std::string by_host_name(std::string url) {
  constexpr std::string_view loopback = "127.0.0.1";
  if (const auto at = url.find(loopback); at != std::string::npos) url.replace(at, loopback.size(), "localhost");
  return url;
}

}  // namespace

Simulation::Simulation(const SimulationSettings& settings, std::string address, std::string ca_pem, Clock& clock)
    : clock_(clock),
      address_(std::move(address)),
      ca_pem_(std::move(ca_pem)),
      faults_(clock, settings.seed),
      world_(clock, settings.seed, faults_) {
  for (const ClusterSetup& desired : settings.clusters) {
    ApiServerSettings api;
    api.name = desired.name;
    api.clock = &clock_;
    api.ca_pem = ca_pem_;
    api.admin_token = random_hex();
    names_.push_back(desired.name);
    servers_[desired.name] = std::make_unique<ApiServer>(std::move(api));
  }
}

Result<std::unique_ptr<Simulation>> Simulation::start(const SimulationSettings& settings, std::string address,
                                                      std::string ca_pem, Clock& clock) {
  std::unique_ptr<Simulation> simulation(new Simulation(settings, std::move(address), std::move(ca_pem), clock));
  for (const Fault& fault : settings.faults) {
    if (simulation->faults_.add(fault)) continue;
    return failure({.code = Code::duplicate_id,
                    .summary = "two faults have one id",
                    .cause = fmt::format("`{}` is the id of two faults", fault.id),
                    .hint = "choose another"});
  }
  if (auto installed = simulation->install(settings); !installed) return failure(std::move(installed.error()));
  simulation->wait_for_istiods(settings);
  return simulation;
}

Result<void> Simulation::install(const SimulationSettings& settings) {
  int number = 0;
  for (const ClusterSetup& desired : settings.clusters) {
    ApiServer& server = api(desired.name);
    if (desired.istio) {
      if (const std::string refused = install_istio(server, *desired.istio); !refused.empty()) {
        return failure({.code = Code::internal,
                        .where = fmt::format("cluster {}", desired.name),
                        .summary = "istiod could not be installed in a simulated cluster",
                        .cause = refused});
      }
    }
    world_.add(server, {.name = desired.name,
                        .servers = {this->server(desired.name), by_host_name(this->server(desired.name))},
                        .platform = desired.platform,
                        .number = ++number,
                        .underlay = desired.underlay,
                        .system_namespace = desired.system_namespace,
                        .delays = settings.delays});
  }
  world_.start();
  return {};
}

void Simulation::wait_for_istiods(const SimulationSettings& settings) const {
  // Faults that are on from the start may keep them from it for ever.
  const TimePoint deadline =
      clock_.now() + settings.delays.pod_start + settings.delays.pod_ready + std::chrono::seconds(5);
  for (const ClusterSetup& desired : settings.clusters) {
    if (!desired.istio) continue;
    const std::string& revision = desired.istio->revision;
    const std::string name = revision == "default" ? "istiod" : "istiod-" + revision;
    while (!is_available(api(desired.name).find("deployments.apps", desired.system_namespace, name)) &&
           clock_.now() < deadline) {
      clock_.sleep_until(clock_.now() + std::chrono::milliseconds(2), {});
    }
  }
}

bool is_available(const StoredPtr& deployment) {
  return deployment != nullptr && number(deployment->json(), {"status", "availableReplicas"}) > 0;
}

}  // namespace mesh::simulator
