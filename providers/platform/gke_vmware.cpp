#include "providers/platform/presets.h"

namespace mesh::platform {

/// The bundled MetalLB (or an F5) gives addresses of the data centre: no annotation makes a Service public or internal.
Platform gke_vmware() {
  return {
      .name = "gke-vmware",
      .title = "GKE on VMware",
      .address = LoadBalancerAddress::ip,
      .public_annotations = {},
      .internal_annotations = {},
      .creation_only_annotations = {},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "kubernetes"},
                                {CertificateAuthority::ca_service, "kubernetes"},
                                {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = true,
      .login = "the client certificate in the kubeconfig that the admin workstation wrote",
  };
}

}  // namespace mesh::platform
