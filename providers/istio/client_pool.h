#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// The connection of each cluster, made on first use and kept. Thread-safe; a slow login of one cluster holds up
/// nobody who asks for another.
class ClientPool {
 public:
  ClientPool(const std::string& mesh, const std::map<std::string, ClusterSpec>& clusters,
             kubernetes::ClientFactory& factory);

  /// Errors: those of ClientFactory::connect, each time the same; internal for a cluster that is not known.
  Result<kubernetes::Client*> to(const std::string& cluster);
  /// What was noticed while connecting; empty before.
  Diagnostics warnings(const std::string& cluster);

 private:
  struct Connection {
    ClusterSpec cluster;
    std::mutex mutex;
    std::unique_ptr<kubernetes::Client> client;
    Diagnostics failure;
    Diagnostics warnings;
  };

  kubernetes::ClientFactory& factory_;
  const std::string field_manager_;
  /// Never changes once made; the connections lock themselves.
  std::map<std::string, Connection> client_pool_;
};

}  // namespace mesh::istio
