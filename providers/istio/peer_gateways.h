#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/result.h"
#include "providers/istio/client_pool.h"

namespace mesh::istio {

/// Whether there is a way to the endpoints of a peer, asked before they are announced to another cluster. An istiod
/// that learns of endpoints behind a gateway that is not ready sends calls there that were answered before.
/// Thread-safe.
class PeerGateways {
 public:
  PeerGateways(const MeshSpec& mesh, ClientPool& client_pool) : mesh_(mesh), client_pool_(client_pool) {}

  /// Reads the gateway's Deployment and Service, once per peer: one pod must be available, and there must be an
  /// address. What the account may not read counts as ready. Errors: not_ready, and those of connecting and reading.
  Result<void> ready(const std::string& peer, const kubernetes::CallLimits& limits);

 private:
  struct Answer {
    std::mutex mutex;
    bool known = false;
    Diagnostics failure;
  };
  Result<void> ask(const std::string& peer, const kubernetes::CallLimits& limits) const;

  const MeshSpec& mesh_;
  ClientPool& client_pool_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Answer>> answers_;
};

}  // namespace mesh::istio
