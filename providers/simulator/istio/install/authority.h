#pragma once

#include <string>
#include <vector>

namespace mesh::simulator {

/// A certificate with its key, both PEM.
struct KeyPair {
  std::string certificate = {};
  std::string key = {};
};

/// A certificate authority with its key, all PEM.
struct SigningAuthority {
  std::string certificate = {};
  std::string key = {};
  /// From `certificate` up to the root, without the root when there are others.
  std::string chain = {};
  std::string root = {};
  bool operator==(const SigningAuthority&) const = default;
};

// All keys are EC P-256, all certificates valid for ten years from an hour ago, against clocks that differ. Errors of
// OpenSSL are thrown as std::runtime_error; none is expected.

/// A self-signed root.
SigningAuthority make_root(const std::string& organization);
/// An intermediate below it, as each cluster of one root has its own.
SigningAuthority make_intermediate(const SigningAuthority& root, const std::string& organization);
/// An API server's certificate. `names`: host names and IP addresses.
KeyPair make_server_certificate(const SigningAuthority& root, const std::vector<std::string>& names);

}  // namespace mesh::simulator
