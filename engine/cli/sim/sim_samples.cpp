#include "engine/cli/sim/sim_samples.h"

#include <nlohmann/json.hpp>

#include "engine/rehearse/cluster_copy.h"

namespace mesh::cli {
namespace {

constexpr const char* sample_manager = "mesh-sim";

}  // namespace

Result<void> add_samples(simulator::Simulation& simulation,
                         const std::vector<std::pair<std::string, std::string>>& clusters, Clock& clock,
                         const std::stop_token& stop) {
  std::vector<std::pair<std::string, std::string>> awaited;
  std::size_t turn = 0;
  for (const auto& [cluster, revision] : clusters) {
    const std::string version = ++turn % 2 == 1 ? "v1" : "v2";
    for (const nlohmann::json& object : simulator::sample_objects(revision, {version})) {
      if (auto put = rehearse::put_object(simulation, cluster, object, sample_manager); !put) return put;
    }
    awaited.emplace_back(cluster, "sleep");
    awaited.emplace_back(cluster, "helloworld-" + version);
  }
  // Faults that are on from the start may keep them from it for ever.
  constexpr std::chrono::seconds patience{10};
  const TimePoint deadline = clock.now() + patience;
  for (const auto& [cluster, deployment] : awaited) {
    while (!simulator::is_available(simulation.api(cluster).find("deployments.apps", "sample", deployment)) &&
           clock.now() < deadline) {
      if (!clock.sleep_until(clock.now() + std::chrono::milliseconds(5), stop)) return {};
    }
  }
  return {};
}

}  // namespace mesh::cli
