#include "providers/istio/client_pool.h"

#include <fmt/format.h>

namespace mesh::istio {

ClientPool::ClientPool(const std::string& mesh, const std::map<std::string, ClusterSpec>& clusters,
                       kubernetes::ClientFactory& factory)
    : factory_(factory), field_manager_(field_manager_of(mesh)) {
  for (const auto& [name, cluster] : clusters) client_pool_[name].cluster = cluster;
}

Result<kubernetes::Client*> ClientPool::to(const std::string& cluster) {
  const auto found = client_pool_.find(cluster);
  if (found == client_pool_.end()) {
    return failure(Diagnostic{.code = Code::plan_invalid,
                              .where = fmt::format("cluster {}", cluster),
                              .summary = "cluster is not known",
                              .cause = "neither the spec nor the last snapshot describes it",
                              .hint = "plan again"});
  }
  Connection& connection = found->second;
  const std::lock_guard lock(connection.mutex);
  if (!connection.client && connection.failure.empty()) {
    auto client = factory_.connect(connection.cluster, field_manager_, connection.warnings);
    if (client) {
      connection.client = std::move(*client);
    } else {
      connection.failure = std::move(client.error());
    }
  }
  if (!connection.client) return failure(connection.failure);
  return connection.client.get();
}

Diagnostics ClientPool::warnings(const std::string& cluster) {
  const auto found = client_pool_.find(cluster);
  if (found == client_pool_.end()) return {};
  const std::lock_guard lock(found->second.mutex);
  return found->second.warnings;
}

}  // namespace mesh::istio
