#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "engine/port/provider.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// How long things may take.
struct ProviderLimits {
  /// One request of an action with all its retries; until what it wrote is ready, or what it deleted is gone (istioctl
  /// waits as long).
  std::chrono::milliseconds ready{300'000};
  /// Whether a discovery action waits until every istiod has synced the peer; clusters that are copies in this process
  /// run no commands in pods.
  bool await_sync = true;
  /// Whether checks dial the gateways. Those of simulated clusters are nowhere.
  bool dial_gateways = false;
};

/// The provider of real clusters. `clusters`: those of the spec and the removed ones. `clients` makes the connection of
/// a cluster on first use; it is kept for all later reads and writes.
std::unique_ptr<Provider> make_provider(const MeshSpec& mesh, const std::map<std::string, ClusterSpec>& clusters,
                                        kubernetes::ClientFactory& clients, Clock& clock,
                                        const ProviderLimits& limits = {});

}  // namespace mesh::istio
