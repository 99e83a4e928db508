#pragma once

#include <array>
#include <string>

#include "engine/model/object.h"

namespace mesh::istio {

/// What Istio and its tools call things. The names are theirs: istiod and istioctl look for exactly these.
inline constexpr const char* network_label = "topology.istio.io/network";
/// Of a gateway Service: the port that peers dial instead of 15443.
inline constexpr const char* gateway_port_label = "networking.istio.io/gatewayPort";
/// Of a gateway Service: the load balancer ends TLS or adds the PROXY protocol, so that no handshake reaches a
/// workload.
inline constexpr std::array<const char*, 3> annotations_against_passthrough = {
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "service.beta.kubernetes.io/aws-load-balancer-backend-protocol",
    "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"};
inline constexpr const char* revision_label = "istio.io/rev";
inline constexpr const char* remote_secret_label = "istio/multiCluster";
inline constexpr const char* cluster_annotation = "networking.istio.io/cluster";
inline constexpr const char* gateway_name = "istio-eastwestgateway";
inline constexpr const char* gateway_selector = "eastwestgateway";
inline constexpr const char* expose_name = "cross-network-gateway";
inline constexpr const char* istio_group = "networking.istio.io";
/// Those in which Istio's Gateway was ever served, newest first: v1 from 1.22 on (istio-facts 4).
inline constexpr std::array<const char*, 3> gateway_versions = {"v1", "v1beta1", "v1alpha3"};
inline constexpr const char* reader_account = "istio-reader-service-account";
inline constexpr const char* token_secret = "istio-reader-service-account-istio-remote-secret-token";
inline constexpr const char* default_revision = "default";

/// Our annotations on a remote Secret: which cluster it leads to, and what the kubeconfig in it says, so that a plan
/// sees a difference without reading the credential.
/// What `mesh verify` makes carries it beside the labels of the mesh, and has its own end.
inline constexpr const char* purpose_label = "mesh-engine.dev/purpose";
inline constexpr const char* peer_annotation = "mesh-engine.dev/peer";
inline constexpr const char* server_annotation = "mesh-engine.dev/server";
/// SHA-256 of the PEM that the kubeconfig carries, or `from_token_secret`; absent: the system's roots.
inline constexpr const char* ca_annotation = "mesh-engine.dev/ca-sha256";
inline constexpr const char* token_uid_annotation = "mesh-engine.dev/token-secret-uid";
inline constexpr const char* from_token_secret = "cluster";

/// The objects of one cluster, `ns` being the system namespace. An empty name stands for a list.
ObjectId namespace_id(const std::string& ns);
ObjectId istiods_id(const std::string& ns);
ObjectId reader_account_id(const std::string& ns);
ObjectId reader_role_id(const std::string& ns);
ObjectId reader_binding_id(const std::string& ns);
ObjectId token_secret_id(const std::string& ns);
ObjectId secrets_id(const std::string& ns);
ObjectId gateway_account_id(const std::string& ns);
ObjectId gateway_deployment_id(const std::string& ns);
ObjectId gateway_service_id(const std::string& ns);
ObjectId gateway_scaler_id(const std::string& ns);
ObjectId gateway_budget_id(const std::string& ns);
/// `version`: of group networking.istio.io.
ObjectId expose_id(const std::string& ns, const std::string& version);
/// `cluster_id`: what istiod calls the peer.
ObjectId remote_secret_id(const std::string& ns, const std::string& cluster_id);

}  // namespace mesh::istio
