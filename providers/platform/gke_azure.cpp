#include "providers/platform/presets.h"

namespace mesh::platform {

/// A standard load balancer, public unless an annotation says otherwise.
Platform gke_azure() {
  return {
      .name = "gke-azure",
      .title = "GKE on Azure",
      .address = LoadBalancerAddress::ip,
      .public_annotations = {},
      .internal_annotations = {{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"}},
      .creation_only_annotations = {},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = true,
      .login = "an exec plugin that gcloud drives (`gcloud container azure clusters get-credentials`)",
  };
}

}  // namespace mesh::platform
