#include "providers/platform/platforms.h"

namespace mesh::platform {
namespace {

using Annotations = std::map<std::string, std::string>;
using Authorities = std::map<CertificateAuthority, std::string>;
using enum LoadBalancerAddress;

// Every value comes from the vendors' pages for load balancers and logins as the guide uses them.

const Authorities on_premises = {{CertificateAuthority::mesh_ca, "kubernetes"},
                                 {CertificateAuthority::ca_service, "kubernetes"},
                                 {CertificateAuthority::istio_ca, "istiod"}};
const Authorities attached = {{CertificateAuthority::mesh_ca, "istiod"}, {CertificateAuthority::istio_ca, "istiod"}};

/// A network load balancer instead of the classic one: its addresses stay. Cross-zone, because a zone without a gateway
/// pod would otherwise fail its share of connections.
const Annotations aws = {
    {"service.beta.kubernetes.io/aws-load-balancer-type", "nlb"},
    {"service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled", "true"},
};
constexpr const char* aws_scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
constexpr const char* aws_internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
/// A standard load balancer, public unless this annotation says otherwise.
const Annotations azure_internal = {{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"}};

Annotations with(Annotations annotations, const Annotations& more) {
  annotations.insert(more.begin(), more.end());
  return annotations;
}

}  // namespace

// clang-format off
const PlatformSet& all() {
  static const PlatformSet platforms = [] {
    PlatformSet set;
    //        name              title                                    address   public                                      internal                                                                 creation only   authorities  IP     login
    for (const Platform& one : {
      // The bundled MetalLB (or an F5) gives addresses of the data centre: no annotation makes a Service public or
      // internal.
      Platform{"gke-vmware",     "GKE on VMware",                         ip,       {},                                         {},                                                                      {},             on_premises, true,  "the client certificate in the kubeconfig that the admin workstation wrote"},
      // The bundled load balancer announces addresses of its pools in the nodes' own network; in manual mode there is
      // none, and a Service stays without an address.
      Platform{"gdc-bare-metal", "Google Distributed Cloud on bare metal", ip,      {},                                         {},                                                                      {},             on_premises, true,  "the client certificate in the kubeconfig that bmctl wrote"},
      Platform{"gke-azure",      "GKE on Azure",                          ip,       {},                                         azure_internal,                                                          {},             attached,    true,  "an exec plugin that gcloud drives (`gcloud container azure clusters get-credentials`)"},
      Platform{"gke-aws",        "GKE on AWS",                            hostname, aws,                                        with(aws, {{aws_internal, "true"}}),                                     {aws_internal}, attached,    false, "an exec plugin that gcloud drives (`gcloud container aws clusters get-credentials`)"},
      // Two controllers may serve the Service. The in-tree one reads type and internal; the AWS Load Balancer
      // Controller reads scheme, and makes internal load balancers when it is absent (since 2.2): so both are said.
      Platform{"eks",            "Amazon EKS, attached",                  hostname, with(aws, {{aws_scheme, "internet-facing"}}), with(aws, {{aws_scheme, "internal"}, {aws_internal, "true"}}),          {aws_internal}, attached,    false, "exec plugin `aws eks get-token`"},
      Platform{"aks",            "Azure AKS, attached",                   ip,       {},                                         azure_internal,                                                          {},             attached,    true,  "exec plugin `kubelogin get-token`, or the client certificate of a local account"},
      // Any other conformant cluster. Nothing is known of its load balancer, so nothing is asked of it and nothing
      // refused; the authorities are those of attached clusters.
      Platform{"kubernetes",     "Kubernetes",                            either,   {},                                         {},                                                                      {},             attached,    true,  "what its kubeconfig says"},
    }) {
      set.emplace(one.name, one);
    }
    return set;
  }();
  return platforms;
}
// clang-format on

}  // namespace mesh::platform
