#include "engine/load/draft.h"

#include <fmt/format.h>

namespace mesh {

const std::vector<std::string>& ca_words() {
  static const std::vector<std::string> words = {"mesh-ca", "ca-service", "istio-ca"};
  return words;
}

std::string effective_id(const MeshDraft& mesh, const ClusterDraft& cluster) {
  if (cluster.id) return cluster.id->value;
  if (mesh.fleet_project) return fmt::format("cn-{}-global-{}", mesh.fleet_project->value, cluster.name);
  return mesh.id ? cluster.name : std::string();
}

std::string effective_network(const ClusterDraft& cluster) {
  return cluster.network ? cluster.network->value : cluster.name;
}

ReplicaRange effective_replicas(const GatewayDraft& common, const GatewayDraft& own) {
  ReplicaRange range;
  for (const GatewayDraft* gateway : {&common, &own}) {
    if (gateway->min) range.min = static_cast<int>(gateway->min->value);
    if (gateway->max) range.max = static_cast<int>(gateway->max->value);
  }
  return range;
}

}  // namespace mesh
