#include "providers/platform/presets.h"

namespace mesh::platform {

/// A standard load balancer, public unless an annotation says otherwise.
Platform aks() {
  return {
      .name = "aks",
      .title = "Azure AKS, attached",
      .address = LoadBalancerAddress::ip,
      .public_annotations = {},
      .internal_annotations = {{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"}},
      .creation_only_annotations = {},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = true,
      .login = "exec plugin `kubelogin get-token`, or the client certificate of a local account",
  };
}

}  // namespace mesh::platform
