#include "providers/platform/presets.h"

namespace mesh::platform {

/// Any other conformant cluster. Nothing is known of its load balancer, so nothing is asked of it and nothing refused;
/// the authorities are those of attached clusters.
Platform kubernetes() {
  return {
      .name = "kubernetes",
      .title = "Kubernetes",
      .address = LoadBalancerAddress::either,
      .public_annotations = {},
      .internal_annotations = {},
      .creation_only_annotations = {},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = true,
      .login = "what its kubeconfig says",
  };
}

}  // namespace mesh::platform
