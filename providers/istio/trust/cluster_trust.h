#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/checks/trust.h"
#include "engine/model/live_state.h"
#include "engine/model/object.h"

namespace mesh::istio {

/// What was read of a cluster that says something about trust. No value of a Secret is among it.
struct TrustSources {
  std::string cluster = {};
  std::string system_namespace = {};
  /// For the reader's ClusterRole and the metadata of Secrets. Null: the cluster was not read.
  const ClusterState* live = nullptr;
  /// The Deployment of the revision; null when it is not known.
  const Object* istiod = nullptr;
  /// The ConfigMaps of the system namespace were read. Null below then means that one is missing, or is not what Istio
  /// writes.
  bool has_config_maps = false;
  const nlohmann::json* mesh_config = nullptr;
  const nlohmann::json* injector = nullptr;
  /// ConfigMap istio-ca-root-cert.
  const Object* root_certificates = nullptr;
};

/// What these say about trust. What was not read is unknown, and said in `unread`.
ClusterTrust cluster_trust(const TrustSources& sources);

}  // namespace mesh::istio
