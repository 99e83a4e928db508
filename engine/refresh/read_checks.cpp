#include "engine/refresh/read_checks.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

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
  std::atomic<std::size_t> next{0};
  const auto desired = std::min(static_cast<std::size_t>(std::max(1, limits.parallelism)), todo.size());
  std::vector<std::jthread> workers;
  workers.reserve(desired);
  for (std::size_t i = 0; i < desired; ++i) {
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < todo.size() && !stop.stop_requested(); at = next++) {
        const auto& [cluster, reading] = todo[at];
        *reading = provider.read_for_checks(*cluster, depth, clock.now() + limits.budget, stop);
      }
    });
  }
  workers.clear();
  return readings;
}

}  // namespace mesh
