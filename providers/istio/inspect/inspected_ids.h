#pragma once

#include <string>

#include "engine/model/object.h"
#include "providers/istio/injector.h"

namespace mesh::istio {

inline constexpr const char* usual_namespace = "istio-system";
inline constexpr const char* kube_system = "kube-system";

// What `mesh init` reads beside the objects of a plan. An empty name or namespace stands for all.

inline ObjectId nodes_id(const std::string& name) { return {"v1", "Node", "", name}; }
inline ObjectId daemon_sets_id() { return {"apps/v1", "DaemonSet", kube_system, ""}; }
inline ObjectId network_gateways_id() { return {"v1", "Service", "", ""}; }
/// The fleet's own name for the one object of its kind in a cluster (istio-facts 5.6).
inline ObjectId membership_id() { return {"hub.gke.io/v1", "Membership", "", "membership"}; }

/// The ConfigMap with the mesh configuration of a revision (istio-facts 0).
inline ObjectId mesh_config_id(const std::string& ns, const std::string& revision) {
  return {"v1", "ConfigMap", ns, "istio" + revision_suffix(revision)};
}

}  // namespace mesh::istio
