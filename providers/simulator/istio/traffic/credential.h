#pragma once

#include <set>
#include <string>
#include <variant>

namespace mesh::simulator {

/// What the kubeconfig in a remote Secret says, as far as the world looks at it.
struct RemoteCredential {
  std::string server = {};
  /// PEM; empty: the system's roots, which no simulated cluster has.
  std::string ca_pem = {};
  bool insecure = false;
  std::string token = {};
  /// `proxy-url`, which istiod goes through; empty: straight to the server.
  std::string proxy = {};
  bool operator==(const RemoteCredential&) const = default;
};

/// Why istiod builds no client from a kubeconfig.
struct Refusal {
  std::string why = {};
  bool operator==(const Refusal&) const = default;
};

/// Reads a kubeconfig as istiod does: one user entry with a field that is not allowed refuses it all. `allowed`: the
/// values of PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS (istio-facts 5.5).
std::variant<RemoteCredential, Refusal> read_kubeconfig(const std::string& text, const std::set<std::string>& allowed);

}  // namespace mesh::simulator
