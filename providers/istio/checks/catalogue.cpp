#include "providers/istio/checks/catalogue.h"

namespace mesh::istio {

using enum FindingSeverity;

// clang-format off
const std::vector<CheckRow>& catalogue() {
  static const std::vector<CheckRow> rows = {
      // Reach and rights.
      {{reach_check, unknown, "Each API server answers within --timeout."}},
      {{read_check, unknown, "This account may read what the checks look at."}},
      {{"api-server-latency", warning, "A small request to the API server takes less than a second."},
       {}, check_latency},
      {{"clock-skew", warning, "The API server's clock (its Date header, where it sends one) is within a minute of ours."},
       {Topic::clock}, check_clock},
      {{"kubernetes-version", warning, "Kubernetes is 1.26 or newer."},
       {}, check_kubernetes_version},
      {{"rights-plan", error, "This account may read what a plan reads (SelfSubjectAccessReview)."},
       {Topic::rights}, check_rights_of_plan},
      {{"rights-apply", warning, "This account may write what an apply writes (SelfSubjectAccessReview)."},
       {Topic::rights}, check_rights_of_apply},
      {{"api-server-undialable", error, "Other clusters can dial the API server at the address that the spec or the kubeconfig names."},
       {}, check_dialable},

      // Identity.
      {{"cluster-id-spec", warning, "istiod's CLUSTER_ID is the id of the spec."},
       {Topic::istiods}, check_cluster_id_spec},
      {{"cluster-id-injector", error, "The injector's global.multiCluster.clusterName is istiod's CLUSTER_ID."},
       {Topic::istiods, Topic::config_maps}, check_cluster_id_injector, nullptr, true},
      {{"cluster-id-default", warning, "istiod has a CLUSTER_ID of its own, not the default `Kubernetes`."},
       {Topic::istiods}, check_cluster_id_default},
      {{"cluster-id-duplicate", error, "No two istiods have the same CLUSTER_ID."},
       {Topic::istiods}, nullptr, check_cluster_id_duplicate, true},
      {{"mesh-id-spec", warning, "The mesh id of the mesh configuration is that of the spec."},
       {Topic::config_maps}, check_mesh_id_spec},
      {{"mesh-id-differs", error, "All clusters have one mesh id."},
       {Topic::config_maps}, nullptr, check_mesh_id_differs, true},
      {{"trust-domain", error, "Each cluster's trust domain is that of its peers, or an alias there."},
       {Topic::config_maps}, nullptr, check_trust_domain, true},
      {{"ca-type-spec", warning, "The certificate authority that the injector and the mesh configuration name is that of the spec."},
       {Topic::config_maps}, check_ca_type_spec, nullptr, true},
      {{"ca-type-differs", error, "All clusters have the same kind of certificate authority."},
       {Topic::config_maps}, nullptr, check_ca_type_differs, true},
      {{"certificate-provider", warning, "The injector's global.pilotCertProvider is `istiod`; what the guide prescribes for the platform is shown beside it."},
       {Topic::config_maps}, check_certificate_provider},
      {{"cluster-domain", error, "istiod's --domain ends in `.local`, as the Gateway's hosts do."},
       {Topic::istiods}, check_cluster_domain, nullptr, true},

      // Trust.
      {{"trust-roots-differ", error, "Both clusters of each planned discovery trust the root of the other (ConfigMap istio-ca-root-cert, meshConfig.caCertificates), by key fingerprint."},
       {Topic::istiods, Topic::config_maps}, nullptr, check_trust_roots, true},
      {{"trust-one-way", warning, "Where discovery is planned both ways, trust domains let traffic cross both ways."},
       {Topic::istiods, Topic::config_maps}, nullptr, check_trust_one_way},
      {{"trust-not-known", warning, "What the clusters show tells whether each planned discovery has common trust."},
       {Topic::istiods, Topic::config_maps}, nullptr, check_trust_known},
      {{"root-expired", error, "The roots in ConfigMap istio-ca-root-cert are valid now."},
       {Topic::config_maps}, nullptr, check_root_expired},
      {{"root-expires-soon", warning, "They are valid for 90 days more."},
       {Topic::config_maps}, nullptr, check_root_expires_soon},
      {{"root-certificate", warning, "They are self-signed certificates of a CA."},
       {Topic::config_maps}, nullptr, check_root_certificates},
      {{"root-bundle-unused", warning, "meshConfig.caCertificates takes effect: ISTIO_MULTIROOT_MESH in istiod, PROXY_CONFIG_XDS_AGENT in proxies, CAs only."},
       {Topic::istiods, Topic::config_maps}, nullptr, check_added_roots},
      {{"plugged-ca-unused", warning, "istiod signs with the CA of Secret cacerts where that is there (metadata alone is read)."},
       {Topic::secrets, Topic::config_maps}, nullptr, check_plugged_ca},

      // Networks.
      {{"network-label", error, "The system namespace's network label is the network of the spec."},
       {Topic::system_namespace}, check_network_label},
      {{"network-injector", error, "The injector's global.network is the network of the spec."},
       {Topic::config_maps}, check_network_injector, nullptr, true},
      {{"network-service", error, "The gateway Service's network label is the network of the spec."},
       {Topic::gateway_service}, check_network_service},
      {{"gateway-second", warning, "No Service but the gateway's own says that it is a gateway of a network of the mesh."},
       {Topic::network_services}, nullptr, check_second_gateway, true},
      {{"mesh-networks", warning, "meshNetworks lists no gateways."},
       {Topic::config_maps}, check_mesh_networks, nullptr, true},
  };
  return rows;
}
// clang-format on

std::vector<CheckInfo> check_infos() {
  std::vector<CheckInfo> infos;
  infos.reserve(catalogue().size());
  for (const CheckRow& row : catalogue()) infos.push_back(row.info);
  return infos;
}

}  // namespace mesh::istio
