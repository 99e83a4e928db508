#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// What the world reads, by the names of the store.
namespace resource {
inline const ResourceName namespaces{"", "namespaces"};
inline const ResourceName nodes{"", "nodes"};
inline const ResourceName config_maps{"", "configmaps"};
inline const ResourceName secrets{"", "secrets"};
inline const ResourceName services{"", "services"};
inline const ResourceName service_accounts{"", "serviceaccounts"};
inline const ResourceName cluster_roles{"rbac.authorization.k8s.io", "clusterroles"};
inline const ResourceName pods{"", "pods"};
inline const ResourceName endpoints{"", "endpoints"};
inline const ResourceName slices{"discovery.k8s.io", "endpointslices"};
inline const ResourceName deployments{"apps", "deployments"};
inline const ResourceName replica_sets{"apps", "replicasets"};
inline const ResourceName autoscalers{"autoscaling", "horizontalpodautoscalers"};
inline const ResourceName budgets{"policy", "poddisruptionbudgets"};
inline const ResourceName webhooks{"admissionregistration.k8s.io", "mutatingwebhookconfigurations"};
inline const ResourceName gateways{"networking.istio.io", "gateways"};
inline const ResourceName destination_rules{"networking.istio.io", "destinationrules"};
inline const ResourceName peer_authentications{"security.istio.io", "peerauthentications"};
}  // namespace resource

/// Objects as a value, for worlds that are written down.
class ObjectSet final : public Objects {
 public:
  ObjectSet() = default;
  /// Adds or replaces; the kind decides the resource.
  void put(nlohmann::json object);
  bool remove(const ResourceName& resource, const std::string& ns, const std::string& name);

  std::vector<ObjectPtr> list(const ResourceName& resource, const std::string& ns) const override;
  ObjectPtr get(const ResourceName& resource, const std::string& ns, const std::string& name) const override;

 private:
  std::map<ResourceName, std::map<std::pair<std::string, std::string>, ObjectPtr>> objects_;
};

/// The resource of an object: group of its apiVersion, and its kind in lower case and plural.
ResourceName resource_of(const nlohmann::json& object);
/// Where it is served: "/api/v1/namespaces/NS/secrets/NAME".
std::string path_of(const nlohmann::json& object);

}  // namespace mesh::simulator
