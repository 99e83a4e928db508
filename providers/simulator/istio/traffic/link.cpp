#include "providers/simulator/istio/traffic/link.h"

#include <array>

namespace mesh::simulator {
namespace {

constexpr std::array link_words = {"none",
                                   "control_plane",
                                   "sidecar",
                                   "service",
                                   "remote_secret",
                                   "refused_secret",
                                   "wrong_server",
                                   "api_unreachable",
                                   "api_untrusted",
                                   "token",
                                   "rights",
                                   "syncing",
                                   "discovery",
                                   "cluster_local",
                                   "headless",
                                   "port",
                                   "readiness",
                                   "client_network",
                                   "endpoint_network",
                                   "same_network",
                                   "gateway_unknown",
                                   "plaintext",
                                   "gateway_address",
                                   "source_ranges",
                                   "gateway_port",
                                   "gateway_pods",
                                   "exposure",
                                   "listener",
                                   "gateway_view",
                                   "roots",
                                   "trust_domain",
                                   "strict_mode",
                                   "program"};
static_assert(link_words.size() == static_cast<std::size_t>(Link::program) + 1);

}  // namespace

std::string to_string(Link link) { return link_words.at(static_cast<std::size_t>(link)); }

bool is_tried(Link link) {
  switch (link) {
    case Link::client_network:
    case Link::endpoint_network:
    case Link::same_network:
    case Link::gateway_unknown:
    case Link::gateway_address:
    case Link::source_ranges:
    case Link::gateway_port:
    case Link::gateway_pods:
    case Link::exposure:
    case Link::listener:
    case Link::gateway_view:
    case Link::roots:
    case Link::trust_domain:
    case Link::strict_mode:
    case Link::program:
    case Link::none:
      return true;
    default:
      return false;
  }
}

}  // namespace mesh::simulator
