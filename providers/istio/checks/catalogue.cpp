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

      // Control planes.
      {{"istiod-missing", error, "The system namespace has one istiod of the spec's revision."},
       {Topic::system_namespace, Topic::istiods}, check_istiod_missing},
      {{"istiod-ready", error, "istiod's Deployment is rolled out and available."},
       {Topic::istiods}, check_istiod_ready, nullptr, true},
      {{"istiod-endpoints", error, "The Service that the injection webhook calls has a ready endpoint."},
       {Topic::webhooks, Topic::endpoint_slices}, check_istiod_endpoints},
      {{"injector-ca-bundle", error, "The injection webhooks have a caBundle."},
       {Topic::webhooks}, check_ca_bundle, nullptr, true},
      {{"injector-config", error, "The ConfigMaps of mesh configuration and injector are there and can be understood."},
       {Topic::istiods, Topic::config_maps}, check_injector_config},
      {{"revision-tag", warning, "Revision tags (webhooks, and from 1.28 Services) stand for a revision that is installed."},
       {Topic::istiods, Topic::webhooks, Topic::services}, check_revision_tags},
      {{"istio-version-skew", warning, "The istiods of the mesh are at most one minor version apart (by their image)."},
       {Topic::istiods}, nullptr, check_version_skew},
      {{"remote-cluster-timeout", warning, "istiod's PILOT_REMOTE_CLUSTER_TIMEOUT has an end."},
       {Topic::istiods}, check_remote_cluster_timeout},
      {{"remote-kubeconfig-files", warning, "istiod takes no remote clusters from files (PILOT_MULTICLUSTER_KUBECONFIG_PATH)."},
       {Topic::istiods}, check_remote_kubeconfig_files},
      {{"ambient", warning, "Ambient mode is off: mesh does not support it."},
       {Topic::system_namespace, Topic::istiods}, check_ambient},

      // Injection.
      {{"gateway-injection", error, "An injection webhook selects the gateway's pods, by the labels of pod and namespace."},
       {Topic::system_namespace, Topic::istiods, Topic::webhooks}, check_gateway_injection, nullptr, true},
      {{"gateway-injection-revision", error, "The webhook that selects the gateway's pods is of the spec's revision."},
       {Topic::system_namespace, Topic::istiods, Topic::webhooks}, check_injecting_revision, nullptr, true},
      {{"gateway-injection-twice", warning, "One webhook alone selects the gateway's pods."},
       {Topic::system_namespace, Topic::istiods, Topic::webhooks}, check_injected_twice, nullptr, true},
      {{"injection-failure-policy", warning, "The injection webhook's failurePolicy is `Fail`."},
       {Topic::system_namespace, Topic::istiods, Topic::webhooks}, check_failure_policy},
      {{"gateway-pod-injected", error, "No pod of the gateway waits for the image `auto`."},
       {Topic::gateway_pods}, check_gateway_pods},

      // Gateways.
      {{"gateway-missing", warning, "The gateway's Deployment and Service exist."},
       {Topic::istiods, Topic::gateway_deployment, Topic::gateway_service}, check_gateway_missing},
      {{"gateway-ready", error, "The gateway's Deployment is rolled out and available, with more than 0 pods."},
       {Topic::gateway_deployment}, check_gateway_ready},
      {{"gateway-address", error, "The gateway's Service has an address that peers can dial."},
       {Topic::gateway_service}, check_gateway_address},
      {{"gateway-address-kind", warning, "The address is of the kind that the platform gives."},
       {Topic::gateway_service}, check_gateway_address_kind},
      {{"gateway-host-name", error, "Where a gateway has a host name, the peers' istiods resolve it (RESOLVE_HOSTNAME_GATEWAYS)."},
       {Topic::istiods, Topic::gateway_service}, nullptr, check_gateway_host_names, true},
      {{"gateway-port", error, "The gateway's Service has port 15443, and no label names another."},
       {Topic::gateway_service}, check_gateway_port},
      {{"gateway-endpoints", error, "The gateway's Service has a ready endpoint."},
       {Topic::gateway_service, Topic::endpoint_slices}, check_gateway_endpoints},
      {{"gateway-autoscalers", error, "One autoscaler alone scales the gateway."},
       {Topic::scalers}, check_gateway_scalers, nullptr, true},
      {{"gateway-reach", warning, "Each address of the gateway takes a connection on 15443 from this machine (not asked with `local_api_servers`)."},
       {Topic::gateway_service}, check_gateway_reach},
      {{"gateway-exposure", warning, "No annotation of the platform gives the load balancer another exposure than the spec."},
       {Topic::gateway_service}, check_gateway_exposure, nullptr, true},
      {{"gateway-protocol", error, "No annotation makes the load balancer end TLS or add the PROXY protocol."},
       {Topic::gateway_service}, check_gateway_protocol},
      {{"gateway-versions", error, "The kind Gateway is served in a version that mesh writes."},
       {Topic::gateway_definition}, check_gateway_versions},
      {{"gateways-overlap", error, "No other Gateway opens port 15443 on the gateway's pods."},
       {Topic::gateways}, check_gateways_overlap, nullptr, true},

      // Remote Secrets: names, keys and annotations.
      {{"remote-secret-foreign", warning, "Remote Secrets register clusters of the spec only."},
       {Topic::secrets}, check_secret_foreign},
      {{"remote-secret-duplicate", error, "No cluster is registered by two remote Secrets."},
       {Topic::secrets}, check_secret_duplicate},
      {{"remote-secret-own", warning, "No remote Secret registers the cluster that it is in."},
       {Topic::secrets}, check_secret_own},
      {{"remote-secret-credential", warning, "No remote Secret or token carries its content in an annotation."},
       {Topic::secrets}, check_secret_credential},
      {{"remote-secret-missing", warning, "Each peer is registered by a remote Secret under its id."},
       {Topic::secrets}, check_secret_missing},
      {{"remote-secret-token", error, "The token Secret that a remote Secret was made from is still there (by uid)."},
       {Topic::secrets}, nullptr, check_secret_token},

      // And the kubeconfigs in them, of which nothing is shown but what these say.
      {{"remote-secret-kubeconfig", error, "What a remote Secret holds is a kubeconfig with a current context."},
       {Topic::credentials}, check_credential_kubeconfig},
      {{"remote-secret-auth", error, "It logs in without programs and files, which istiod refuses."},
       {Topic::istiods, Topic::credentials}, check_credential_auth},
      {{"remote-secret-server", error, "Its server is an address that another cluster can dial."},
       {Topic::credentials}, check_credential_server},
      {{"remote-secret-expired", error, "Its token has not expired (`exp` of a JWT; one without is valid until its Secret goes)."},
       {Topic::credentials}, nullptr, check_credential_expired},
      {{"remote-secret-expires-soon", warning, "Its token is valid for 14 days more."},
       {Topic::credentials}, nullptr, check_credential_expires_soon},

      // What istiods have in memory.
      {{"discovery-effective", error, "Every istiod pod has synced each peer that is applied (/debug/clusterz, else metrics); with --effective, it has endpoints of the peer and the address of its gateway (/debug/endpointShardz, networkz)."},
       {Topic::secrets, Topic::istiod_memory}, nullptr, check_discovery_effective},
      {{"discovery-stale", warning, "No istiod discovers a cluster that the spec does not let it discover."},
       {Topic::secrets, Topic::istiod_memory}, nullptr, check_discovery_stale},

      // What the mesh configuration and policies hide.
      {{"discovery-selectors", warning, "discoverySelectors are not used."},
       {Topic::config_maps}, check_discovery_selectors},
      {{"discovery-selectors-system", error, "discoverySelectors select the system namespace, here and in the peers."},
       {Topic::system_namespace, Topic::config_maps}, nullptr, check_discovery_selectors_system, true},
      {{"mtls-mesh", error, "No PeerAuthentication turns mTLS off for the whole mesh."},
       {Topic::config_maps, Topic::peer_authentications}, check_mtls_mesh, nullptr, true},
      {{"mtls-namespace", warning, "No PeerAuthentication turns mTLS off for a namespace, workload or port."},
       {Topic::config_maps, Topic::peer_authentications}, check_mtls_namespace},
      {{"mtls-destination-rule", warning, "No DestinationRule turns TLS off for hosts of the mesh."},
       {Topic::destination_rules}, check_mtls_destination_rule},
      {{"cluster-local-hosts", warning, "serviceSettings keep no host in its cluster."},
       {Topic::config_maps}, check_cluster_local},

      // The fleet.
      {{"fleet-membership", warning, "With `fleet_project`: the cluster is a member of the fleet (memberships.hub.gke.io)."},
       {Topic::membership}, check_fleet_membership},
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
