#include "providers/platform/presets.h"

namespace mesh::platform {

/// A network load balancer instead of the classic one: its addresses stay. Cross-zone, because a zone without a gateway
/// pod would otherwise fail its share of connections.
Platform gke_aws() {
  const std::string type = "service.beta.kubernetes.io/aws-load-balancer-type";
  const std::string cross_zone = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled";
  const std::string internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
  return {
      .name = "gke-aws",
      .title = "GKE on AWS",
      .address = LoadBalancerAddress::hostname,
      .public_annotations = {{type, "nlb"}, {cross_zone, "true"}},
      .internal_annotations = {{type, "nlb"}, {cross_zone, "true"}, {internal, "true"}},
      .creation_only_annotations = {internal},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = false,
      .login = "an exec plugin that gcloud drives (`gcloud container aws clusters get-credentials`)",
  };
}

}  // namespace mesh::platform
