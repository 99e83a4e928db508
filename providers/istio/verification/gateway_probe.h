#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/checks/trust.h"

namespace mesh::istio {

/// Where a gateway of the mesh is dialled.
struct ProbeTarget {
  std::string host = {};
  int port = 15443;
  /// Of an injected Service behind it; empty: only TCP is tried.
  std::string sni = {};
};

struct ProbeAnswer {
  bool connected = false;
  /// Until the connection stood.
  std::chrono::milliseconds took{0};
  /// Of the leaf: `spiffe://…`, else a DNS name.
  std::string identity = {};
  /// Leaf first; empty: TLS was not tried, or showed none.
  std::vector<CaCertificate> chain = {};
  /// Why there is no connection, or no chain.
  std::string error = {};
};

/// `outbound_.PORT_._.SERVICE.NAMESPACE.svc.cluster.local`: by it a gateway of AUTO_PASSTHROUGH finds the way.
std::string passthrough_sni(const std::string& service, const std::string& ns, int port);

/// Connects, and with an SNI begins TLS as a sidecar does, to see which certificates come. Nothing is verified and no
/// client certificate is shown: the handshake need not end well.
ProbeAnswer probe_gateway(const ProbeTarget& target, std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace mesh::istio
