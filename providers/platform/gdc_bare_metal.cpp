#include "providers/platform/presets.h"

namespace mesh::platform {

/// The bundled load balancer announces addresses of its pools in the nodes' own network; in manual mode there is none,
/// and a Service stays without an address.
Platform gdc_bare_metal() {
  return {
      .name = "gdc-bare-metal",
      .title = "Google Distributed Cloud on bare metal",
      .address = LoadBalancerAddress::ip,
      .public_annotations = {},
      .internal_annotations = {},
      .creation_only_annotations = {},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "kubernetes"},
                                {CertificateAuthority::ca_service, "kubernetes"},
                                {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = true,
      .login = "the client certificate in the kubeconfig that bmctl wrote",
  };
}

}  // namespace mesh::platform
