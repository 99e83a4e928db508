#include "providers/platform/presets.h"

namespace mesh::platform {

/// Two controllers may serve the Service. The in-tree one reads type and internal; the AWS Load Balancer Controller
/// reads scheme, and makes internal load balancers when it is absent (since 2.2): so both are said.
Platform eks() {
  const std::string type = "service.beta.kubernetes.io/aws-load-balancer-type";
  const std::string cross_zone = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled";
  const std::string internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
  const std::string scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
  return {
      .name = "eks",
      .title = "Amazon EKS, attached",
      .address = LoadBalancerAddress::hostname,
      .public_annotations = {{type, "nlb"}, {cross_zone, "true"}, {scheme, "internet-facing"}},
      .internal_annotations = {{type, "nlb"}, {cross_zone, "true"}, {scheme, "internal"}, {internal, "true"}},
      .creation_only_annotations = {internal},
      .certificate_providers = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}},
      .load_balancer_ip = false,
      .login = "exec plugin `aws eks get-token`",
  };
}

}  // namespace mesh::platform
