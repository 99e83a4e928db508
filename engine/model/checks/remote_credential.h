#pragma once

#include <string>
#include <vector>

namespace mesh {

/// What may be told of a kubeconfig in a remote Secret. It holds no credential.
struct RemoteCredential {
  /// Name of the Secret, and the key of its data: the id of the peer.
  std::string secret = {};
  std::string key = {};
  /// Why it is not a kubeconfig that istiod can use, in words without values of it; empty: it is one.
  std::string malformed = {};
  /// Fields by which istiod refuses it, as PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS names them.
  std::vector<std::string> refused = {};
  /// Why peers cannot dial its server; empty: no reason is known.
  std::string undialable = {};
  /// RFC 3339 in UTC; empty: the token says nothing, as those of token Secrets.
  std::string expires = {};

  bool operator==(const RemoteCredential&) const = default;
};

}  // namespace mesh
