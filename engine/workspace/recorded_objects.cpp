#include "engine/workspace/recorded_objects.h"

#include <algorithm>
#include <set>
#include <vector>

#include "engine/jobs/workers.h"

namespace mesh {
namespace {

constexpr int usual_parallelism = 64;

bool knows_other_namespace(const ClusterSnapshot& cluster, const std::string& system_namespace) {
  return std::any_of(cluster.uids.begin(), cluster.uids.end(), [&](const auto& uid) {
    return uid.first != kube_system_namespace && uid.first != system_namespace;
  });
}

bool is_needed(const Workspace& workspace) {
  if (workspace.request.all_recorded) return true;
  return std::any_of(workspace.last->clusters.begin(), workspace.last->clusters.end(), [&](const auto& entry) {
    const auto state = workspace.live.clusters.find(entry.first);
    if (state == workspace.live.clusters.end() || !state->second.answered()) return false;
    return state->second.searched_few || knows_other_namespace(entry.second, workspace.spec.mesh.system_namespace);
  });
}

const ClusterSpec* spec_of(const Workspace& workspace, const std::string& name) {
  for (const auto* clusters : {&workspace.spec.clusters, &workspace.removed}) {
    if (const auto found = clusters->find(name); found != clusters->end()) return &found->second;
  }
  return nullptr;
}

}  // namespace

Result<void> read_recorded(Workspace& workspace, const Env& env) {
  if (!workspace.last || !is_needed(workspace)) return {};
  auto snapshot = last_snapshot(workspace);
  if (!snapshot) return failure(std::move(snapshot.error()));
  workspace.recorded = std::move((*snapshot)->clusters);
  read_recorded_again(workspace, env);
  return {};
}

void read_recorded_again(Workspace& workspace, const Env& env) {
  struct Todo {
    const ClusterSpec* cluster;
    ClusterState* state;
    std::set<ObjectId> ids;
  };
  std::vector<Todo> todo;
  for (const auto& [name, cluster] : workspace.recorded) {
    const auto state = workspace.live.clusters.find(name);
    const ClusterSpec* spec = spec_of(workspace, name);
    if (spec == nullptr || state == workspace.live.clusters.end() || !state->second.answered()) continue;
    std::set<ObjectId> ids;
    for (const auto& [id, unused] : cluster.objects) ids.insert(ids.end(), id);
    todo.push_back({spec, &state->second, std::move(ids)});
  }
  const int parallelism = workspace.request.parallelism > 0 ? workspace.request.parallelism : usual_parallelism;
  for_each_index(todo.size(), parallelism, [&](std::size_t at) {
    const Todo& one = todo[at];
    workspace.provider->read_recorded(*one.cluster, one.ids, *one.state,
                                      env.clock.now() + workspace.request.budgets.read, env.stop);
  });
}

}  // namespace mesh
