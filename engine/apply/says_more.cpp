#include "engine/apply/says_more.h"

#include <map>
#include <string>
#include <tuple>

namespace mesh {
namespace {

using ObjectsByCluster = std::map<std::string, std::map<ObjectId, nlohmann::json>>;

ObjectsByCluster objects_by_cluster(const Snapshot& snapshot) {
  ObjectsByCluster objects;
  for (const auto& [name, cluster] : snapshot.clusters) {
    if (!cluster.objects.empty()) objects.emplace(name, cluster.objects);
  }
  return objects;
}

/// What people decided about a cluster, and which it is.
auto facts_by_cluster(const Snapshot& snapshot) {
  std::map<std::string, std::tuple<ClusterUids, bool, bool>> facts;
  for (const auto& [name, cluster] : snapshot.clusters) {
    facts.emplace(name, std::tuple(cluster.uids, cluster.protect, cluster.status == ClusterStatus::removed));
  }
  return facts;
}

}  // namespace

bool says_more(const Snapshot& now, const std::optional<Snapshot>& before, bool complete) {
  if (!before) return complete || !objects_by_cluster(now).empty();
  if (objects_by_cluster(now) != objects_by_cluster(*before)) return true;
  return complete && (now.spec_digest != before->spec_digest || facts_by_cluster(now) != facts_by_cluster(*before));
}

}  // namespace mesh
