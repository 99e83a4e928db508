#include "providers/istio/connections.h"

#include <fmt/format.h>

namespace mesh::istio {

Connections::Connections(const std::map<std::string, ClusterSpec>& clusters, kubernetes::ClientFactory& factory)
    : factory_(factory) {
  for (const auto& [name, cluster] : clusters) connections_[name].cluster = cluster;
}

Result<kubernetes::Client*> Connections::to(const std::string& cluster) {
  const auto found = connections_.find(cluster);
  if (found == connections_.end()) {
    return failure(Diagnostic{.code = Code::plan_invalid,
                              .where = fmt::format("cluster {}", cluster),
                              .summary = "cluster is not known",
                              .cause = "neither the spec nor the last snapshot describes it",
                              .hint = "plan again"});
  }
  Connection& connection = found->second;
  const std::lock_guard lock(connection.mutex);
  if (!connection.client && connection.failure.empty()) {
    auto client = factory_.connect(connection.cluster, connection.warnings);
    if (client) {
      connection.client = std::move(*client);
    } else {
      connection.failure = std::move(client.error());
    }
  }
  if (!connection.client) return failure(connection.failure);
  return connection.client.get();
}

Diagnostics Connections::warnings(const std::string& cluster) {
  const auto found = connections_.find(cluster);
  if (found == connections_.end()) return {};
  const std::lock_guard lock(found->second.mutex);
  return found->second.warnings;
}

}  // namespace mesh::istio
