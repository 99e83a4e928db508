#pragma once

#include <vector>

#include "engine/model/checks/check.h"
#include "engine/model/checks/trust.h"
#include "providers/istio/checks/cluster_view.h"

// The checks, one function each, by theme: a file of that name each. A function adds what it finds; id, severity and
// cluster are filled in from the catalogue where it leaves them empty. A finding of severity unknown stays so: it says
// that something could not be asked.
namespace mesh::istio {

using Findings = std::vector<Finding>;

/// The clusters that answered and of which all that the check needs is known.
struct MeshView {
  const Spec& spec;
  const TrustGraph* trust = nullptr;
  /// RFC 3339 in UTC.
  std::string now = {};
  std::vector<const ClusterView*> clusters = {};
  /// Who discovers whom, of all clusters.
  const std::vector<DiscoveryEdge>* edges = nullptr;
  CheckDepth depth = CheckDepth::everything;

  const ClusterView* find(const std::string& name) const;
};

// reach_checks.cpp
void check_latency(const ClusterView& cluster, Findings& found);
void check_clock(const ClusterView& cluster, Findings& found);
void check_kubernetes_version(const ClusterView& cluster, Findings& found);
void check_rights_of_plan(const ClusterView& cluster, Findings& found);
void check_rights_of_apply(const ClusterView& cluster, Findings& found);
void check_dialable(const ClusterView& cluster, Findings& found);

// identity_checks.cpp
void check_cluster_id_spec(const ClusterView& cluster, Findings& found);
void check_cluster_id_injector(const ClusterView& cluster, Findings& found);
void check_cluster_id_default(const ClusterView& cluster, Findings& found);
void check_cluster_id_duplicate(const MeshView& mesh, Findings& found);
void check_mesh_id_spec(const ClusterView& cluster, Findings& found);
void check_mesh_id_differs(const MeshView& mesh, Findings& found);
void check_trust_domain(const MeshView& mesh, Findings& found);
void check_ca_type_spec(const ClusterView& cluster, Findings& found);
void check_ca_type_differs(const MeshView& mesh, Findings& found);
void check_certificate_provider(const ClusterView& cluster, Findings& found);
void check_cluster_domain(const ClusterView& cluster, Findings& found);

// trust_checks.cpp
void check_trust_roots(const MeshView& mesh, Findings& found);
void check_trust_one_way(const MeshView& mesh, Findings& found);
void check_trust_known(const MeshView& mesh, Findings& found);
void check_root_expired(const MeshView& mesh, Findings& found);
void check_root_expires_soon(const MeshView& mesh, Findings& found);
void check_root_certificates(const MeshView& mesh, Findings& found);
void check_added_roots(const MeshView& mesh, Findings& found);
void check_plugged_ca(const MeshView& mesh, Findings& found);

// network_checks.cpp
void check_network_label(const ClusterView& cluster, Findings& found);
void check_network_injector(const ClusterView& cluster, Findings& found);
void check_network_service(const ClusterView& cluster, Findings& found);
void check_second_gateway(const MeshView& mesh, Findings& found);
void check_mesh_networks(const ClusterView& cluster, Findings& found);

// control_plane_checks.cpp
void check_istiod_missing(const ClusterView& cluster, Findings& found);
void check_istiod_ready(const ClusterView& cluster, Findings& found);
void check_istiod_endpoints(const ClusterView& cluster, Findings& found);
void check_ca_bundle(const ClusterView& cluster, Findings& found);
void check_injector_config(const ClusterView& cluster, Findings& found);
void check_revision_tags(const ClusterView& cluster, Findings& found);
void check_version_skew(const MeshView& mesh, Findings& found);
void check_remote_cluster_timeout(const ClusterView& cluster, Findings& found);
void check_remote_kubeconfig_files(const ClusterView& cluster, Findings& found);
void check_ambient(const ClusterView& cluster, Findings& found);

// injection_checks.cpp
void check_gateway_injection(const ClusterView& cluster, Findings& found);
void check_injecting_revision(const ClusterView& cluster, Findings& found);
void check_injected_twice(const ClusterView& cluster, Findings& found);
void check_failure_policy(const ClusterView& cluster, Findings& found);
void check_gateway_pods(const ClusterView& cluster, Findings& found);

// gateway_checks.cpp
void check_gateway_missing(const ClusterView& cluster, Findings& found);
void check_gateway_ready(const ClusterView& cluster, Findings& found);
void check_gateway_address(const ClusterView& cluster, Findings& found);
void check_gateway_address_kind(const ClusterView& cluster, Findings& found);
void check_gateway_host_names(const MeshView& mesh, Findings& found);
void check_gateway_port(const ClusterView& cluster, Findings& found);
void check_gateway_endpoints(const ClusterView& cluster, Findings& found);
void check_gateway_scalers(const ClusterView& cluster, Findings& found);
void check_gateway_reach(const ClusterView& cluster, Findings& found);
void check_gateway_exposure(const ClusterView& cluster, Findings& found);
void check_gateway_protocol(const ClusterView& cluster, Findings& found);

// gateway_api_checks.cpp
void check_gateway_versions(const ClusterView& cluster, Findings& found);
void check_gateways_overlap(const ClusterView& cluster, Findings& found);

// remote_secret_checks.cpp
void check_secret_foreign(const ClusterView& cluster, Findings& found);
void check_secret_duplicate(const ClusterView& cluster, Findings& found);
void check_secret_own(const ClusterView& cluster, Findings& found);
void check_secret_credential(const ClusterView& cluster, Findings& found);
void check_secret_missing(const ClusterView& cluster, Findings& found);
void check_secret_token(const MeshView& mesh, Findings& found);

// credential_checks.cpp
void check_credential_kubeconfig(const ClusterView& cluster, Findings& found);
void check_credential_auth(const ClusterView& cluster, Findings& found);
void check_credential_server(const ClusterView& cluster, Findings& found);
void check_credential_expired(const MeshView& mesh, Findings& found);
void check_credential_expires_soon(const MeshView& mesh, Findings& found);

// discovery_checks.cpp
void check_discovery_effective(const MeshView& mesh, Findings& found);
void check_discovery_stale(const MeshView& mesh, Findings& found);

// mesh_config_checks.cpp
void check_discovery_selectors(const ClusterView& cluster, Findings& found);
void check_discovery_selectors_system(const MeshView& mesh, Findings& found);
void check_mtls_mesh(const ClusterView& cluster, Findings& found);
void check_mtls_namespace(const ClusterView& cluster, Findings& found);
void check_mtls_destination_rule(const ClusterView& cluster, Findings& found);
void check_cluster_local(const ClusterView& cluster, Findings& found);

// fleet_checks.cpp
void check_fleet_membership(const ClusterView& cluster, Findings& found);

}  // namespace mesh::istio
