#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/spec.h"

// What `mesh init` finds in kubeconfigs and clusters: facts with the place that they were read from. What they mean for
// the spec is decided in engine/workspace/init/propose_spec.h.
namespace mesh {

/// A context of a kubeconfig.
struct FoundContext {
  std::string name = {};
  /// The files as they go into the spec; empty: $KUBECONFIG or ~/.kube/config, which is what the spec defaults to.
  std::vector<std::filesystem::path> kubeconfig = {};
  /// The spec may leave the name out: the file has no other context.
  bool is_only_one = false;
  /// URL of the API server; empty where the kubeconfig is broken.
  std::string server = {};
  /// Command and arguments of the exec plugin that logs in: `aws eks get-token …`; empty without one.
  std::string login = {};

  bool operator==(const FoundContext&) const = default;
};

/// What one revision of istiod, its injector and its mesh configuration say (istio-facts 0). Empty: they do not say.
struct FoundControlPlane {
  std::string deployment = {};
  std::string revision = {};
  /// env CLUSTER_ID of istiod.
  std::string cluster_id = {};
  /// `global.multiCluster.clusterName`, `global.network` and `global.meshID` of the injector.
  std::string injector_cluster_id = {};
  std::string injector_network = {};
  std::string mesh_id = {};
  std::string trust_domain = {};
  CertificateAuthority ca = CertificateAuthority::istio_ca;
  /// What said so: `proxyMetadata.CA_PROVIDER is GoogleCA`; empty: nothing names an authority, and istiod is one.
  std::string ca_from = {};

  bool operator==(const FoundControlPlane&) const = default;
};

/// The east-west gateway under the name that mesh, the guide's script and Helm give it.
struct FoundGateway {
  /// Network in the selector of the Deployment, as Istio's old chart has it.
  std::string selector_network = {};
  /// istio.io/rev of its pods.
  std::string revision = {};
  /// Nothing: the Deployment is absent.
  std::optional<int> replicas = {};
  /// Of the autoscaler; nothing: there is none.
  std::optional<ReplicaRange> scaler = {};
  bool has_service = false;
  std::string service_type = {};
  std::string service_network = {};
  std::map<std::string, std::string> annotations = {};
  std::string load_balancer_ip = {};
  std::vector<std::string> source_ranges = {};
  /// What the load balancer got: addresses and host names.
  std::vector<std::string> addresses = {};

  bool operator==(const FoundGateway&) const = default;
};

/// A Secret with label istio/multiCluster, read without its data.
struct FoundRemoteSecret {
  std::string name = {};
  /// What istiod calls the clusters in it.
  std::set<std::string> keys = {};
  /// Of one that mesh wrote: the mesh, the peer's name in its spec, and the server in the kubeconfig.
  std::string mesh = {};
  std::string peer = {};
  std::string server = {};

  bool operator==(const FoundRemoteSecret&) const = default;
};

/// A platform by its signs.
struct FoundPlatform {
  /// As the spec spells it; `kubernetes` without a sign.
  std::string name = "kubernetes";
  /// The sign: `providerID of node ip-10-0-0-1 is aws:///…`.
  std::string from = {};
  /// Nodes say so, not just an address or a login.
  bool is_certain = false;

  bool operator==(const FoundPlatform&) const = default;
};

/// From `memberships.hub.gke.io`: which fleet the cluster is registered in.
struct FoundFleet {
  std::string project = {};
  std::string membership = {};

  bool operator==(const FoundFleet&) const = default;
};

struct FoundCluster {
  FoundContext context = {};
  /// Why nothing is known of it; empty: it answered.
  Diagnostics unreadable = {};
  /// What could not be read of one that answered, mostly for want of a right.
  Diagnostics gaps = {};
  /// Of the namespace kube-system: tells the cluster from any other. Empty: unknown.
  std::string uid = {};
  /// Where the control planes are; empty: nowhere. Namespaces with others come beside it.
  std::string system_namespace = {};
  std::set<std::string> other_namespaces = {};
  /// By the names of their Deployments.
  std::vector<FoundControlPlane> planes = {};
  /// Label topology.istio.io/network of the system namespace.
  std::string network_label = {};
  std::optional<FoundGateway> gateway = {};
  /// Services that announce a network gateway beside that one: `NAMESPACE/NAME`.
  std::vector<std::string> other_gateways = {};
  std::vector<FoundRemoteSecret> remote_secrets = {};
  /// Meshes by whose label objects were created.
  std::set<std::string> meshes = {};
  FoundPlatform platform = {};
  std::optional<FoundFleet> fleet = {};
  /// Simulated by `mesh sim`.
  bool simulated = false;

  bool operator==(const FoundCluster&) const = default;
};

}  // namespace mesh
