#include "engine/refresh/refresh.h"

#include <fmt/format.h>

#include <exception>
#include <vector>

#include "engine/jobs/workers.h"

namespace mesh {
namespace {

ClusterState unreachable(const std::string& name, Code code, const std::string& summary, const std::string& cause) {
  Diagnostic why{.code = code, .where = fmt::format("cluster {}", name), .summary = summary, .cause = cause};
  return {.name = name, .reading = Unreachable{{std::move(why)}}};
}

ClusterState read_one(const ClusterSpec& cluster, CheckReading* checks, Provider& provider, const Clock& clock,
                      const RefreshLimits& limits, const std::stop_token& stop) {
  if (stop.stop_requested()) {
    return unreachable(cluster.name, Code::cancelled, "stopped", "reading was stopped before this cluster's turn");
  }
  try {
    ClusterState state = limits.left_out.contains(cluster.name)
                             ? provider.access(cluster)
                             : provider.read(cluster, checks, clock.now() + limits.budget, stop);
    state.name = cluster.name;
    return state;
  } catch (const std::exception& e) {
    return unreachable(cluster.name, Code::internal, "reading failed unexpectedly", e.what());
  }
}

}  // namespace

LiveState refresh(const std::map<std::string, ClusterSpec>& clusters, Provider& provider, Clock& clock,
                  const RefreshLimits& limits, std::stop_token stop, const std::function<void()>& meanwhile,
                  std::map<std::string, CheckReading>* checks) {
  std::vector<const ClusterSpec*> todo;
  todo.reserve(clusters.size());
  LiveState live;
  for (const auto& [name, cluster] : clusters) {
    if (!limits.left_out.contains(name)) todo.push_back(&cluster);
  }
  // One slot per cluster: no two threads write to the same, and all are joined before anyone reads.
  std::vector<ClusterState> states(todo.size());
  std::vector<CheckReading*> readings(todo.size(), nullptr);
  for (std::size_t i = 0; checks != nullptr && i < todo.size(); ++i) readings[i] = &(*checks)[todo[i]->name];
  for_each_index(
      todo.size(), limits.parallelism,
      [&](std::size_t at) { states[at] = read_one(*todo[at], readings[at], provider, clock, limits, stop); },
      [&] {
        if (meanwhile) meanwhile();
        // Asks nobody, so it is done while the others wait for answers.
        for (const std::string& name : limits.left_out) {
          const auto cluster = clusters.find(name);
          if (cluster == clusters.end()) continue;
          live.clusters.emplace(name, read_one(cluster->second, nullptr, provider, clock, limits, stop));
        }
      });
  for (ClusterState& state : states) {
    std::string name = state.name;
    live.clusters.emplace(std::move(name), std::move(state));
  }
  return live;
}

}  // namespace mesh
