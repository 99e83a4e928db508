#include "engine/refresh/read_checks.h"

#include <vector>

#include "engine/jobs/workers.h"

namespace mesh {

std::map<std::string, CheckReading> read_checks(const std::map<std::string, ClusterSpec>& clusters,
                                                const LiveState& live, Provider& provider, Clock& clock,
                                                CheckDepth depth, const RefreshLimits& limits, std::stop_token stop) {
  std::map<std::string, CheckReading> readings;
  // One slot per cluster, made before the threads: no two write to the same.
  std::vector<std::pair<const ClusterSpec*, CheckReading*>> todo;
  for (const auto& [name, cluster] : clusters) {
    const auto state = live.clusters.find(name);
    if (state == live.clusters.end() || !state->second.answered()) continue;
    todo.emplace_back(&cluster, &readings[name]);
  }
  for_each_index(todo.size(), limits.parallelism, [&](std::size_t at) {
    if (stop.stop_requested()) return;
    const auto& [cluster, reading] = todo[at];
    *reading = provider.read_for_checks(*cluster, depth, clock.now() + limits.budget, stop);
  });
  return readings;
}

}  // namespace mesh
