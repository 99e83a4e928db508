#pragma once

#include <string>

namespace mesh::istio {

/// What a kubeconfig for istiod is made of.
struct RemoteAccess {
  /// The peer's id: the name of everything in the kubeconfig.
  std::string cluster_id = {};
  std::string server = {};
  /// Empty: the system's roots.
  std::string ca_pem = {};
  std::string token = {};
};

/// A kubeconfig that istiod accepts: token only, keys in the order of istioctl's encoder, the same bytes for the same
/// input. istiod compares digests: one byte more or less tears the peer's informers down (istio-facts 5.1, 5.4).
std::string remote_kubeconfig(const RemoteAccess& access);

/// Overwrites a secret before its memory is given back.
void wipe(std::string& secret);

}  // namespace mesh::istio
