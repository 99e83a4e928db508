#pragma once

#include <string>

namespace mesh::simulator {

/// The links of the chain from a caller to a pod. Each can break alone.
enum class Link {
  none,
  control_plane,     // the caller's cluster has no istiod
  sidecar,           // the caller has no sidecar
  service,           // no Service in the caller's cluster: the name does not resolve
  remote_secret,     // the caller's cluster has no remote Secret for the other
  refused_secret,    // istiod did not take the Secret
  wrong_server,      // the Secret leads to another cluster
  api_unreachable,   // nobody answers at the Secret's server
  api_untrusted,     // the server's certificate does not fit the Secret's authority
  token,             // the other API server does not know the token
  rights,            // the token may not list all that istiod needs
  syncing,           // the registry is not synced yet, or closed
  discovery,         // discoverySelectors hide the namespace
  cluster_local,     // the host never leaves its cluster
  headless,          // a headless Service resolves within one network
  port,              // the other cluster's Service has no such port
  readiness,         // the pod is not ready
  client_network,    // the caller has no network
  endpoint_network,  // the endpoint has no network
  same_network,      // both have one network, but no way from pod to pod
  gateway_unknown,   // no gateway of the endpoint's network is known
  plaintext,         // the endpoint takes no mutual TLS, which gateways need
  gateway_address,   // nobody listens at the gateway's address
  source_ranges,     // the load balancer does not let the caller in
  gateway_port,      // the gateway's Service has no such port
  gateway_pods,      // no gateway pod runs
  exposure,          // no Gateway resource passes the host through
  listener,          // Gateway resources contradict each other
  gateway_view,      // the gateway itself does not know the endpoint
  roots,             // no common root of trust
  trust_domain,
  strict_mode,  // the server takes mutual TLS alone, the caller speaks plainly
  program       // nothing listens in the pod
};
/// "remote_secret".
std::string to_string(Link link);
/// Whether the caller's proxy has the endpoint and tries it, although the link is broken.
bool is_tried(Link link);

struct Verdict {
  Link broken = Link::none;
  /// A sentence that names the broken link; when nothing is broken, how the pod is reached.
  std::string reason = {};
  bool reached() const { return broken == Link::none; }
};

}  // namespace mesh::simulator
