#include "providers/istio/desired/remote_secret.h"

#include "engine/base/digest.h"
#include "providers/istio/desired/member_inputs.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

/// Which authority the kubeconfig trusts: that of the user's own kubeconfig, because it is the one that fits the server
/// which is dialled, be it a proxy with another certificate than the cluster's (istio-facts 5.1: x509 unknown
/// authority). Without one the system's roots hold there as they do here. Where the user's kubeconfig verifies nothing,
/// it tells nothing about trust, and the cluster's own authority from the token Secret is the safe choice.
std::string ca_annotation_of(const ClusterState& live) {
  if (live.insecure) return from_token_secret;
  return live.ca_pem.empty() ? std::string() : sha256_hex(live.ca_pem);
}

}  // namespace

std::string server_of(const ClusterSpec& cluster, const ClusterState* live) {
  if (cluster.api_server) return *cluster.api_server;
  return live == nullptr || live->unreachable() != nullptr ? std::string() : live->server;
}

DesiredObject remote_secret(const MeshSpec& mesh, const ClusterSpec& peer, const ClusterState* live) {
  DesiredObject object{.id = remote_secret_id(mesh.system_namespace, peer.id)};
  object.body = owned_body(mesh, object.id, {{remote_secret_label, "true"}});
  nlohmann::json annotations = {
      {cluster_annotation, peer.id}, {peer_annotation, peer.name}, {token_uid_annotation, nullptr}};
  if (std::string server = server_of(peer, live); !server.empty()) annotations[server_annotation] = std::move(server);
  if (live != nullptr && live->unreachable() == nullptr) {
    if (std::string mark = ca_annotation_of(*live); !mark.empty()) annotations[ca_annotation] = std::move(mark);
  }
  object.body["metadata"]["annotations"] = std::move(annotations);
  // No type: it cannot be changed, and an existing Secret may have another.
  object.body["data"] = {{peer.id, nullptr}};
  object.sensitive = {{FieldName{"data"}, FieldName{peer.id}}};
  object.exclusive = {{FieldName{"data"}}};
  // The last would keep the next token out.
  object.forbidden = {metadata_path("annotations", last_applied_annotation), {FieldName{"immutable"}}};
  forbid_pruning(object);
  object.references = {{.path = metadata_path("annotations", token_uid_annotation),
                        .cluster = peer.name,
                        .source = token_secret_id(mesh.system_namespace)}};
  return object;
}

}  // namespace mesh::istio
