#pragma once

#include <string>

namespace mesh::testing {

/// A certificate authority for tests, with its key, both PEM.
struct TestCa {
  std::string certificate = {};
  std::string key = {};
};

struct TestCaOptions {
  std::string organization = "acme";
  /// Empty: none, as in a root that istiod makes for itself.
  std::string name = {};
  /// Seconds from now.
  long valid_from = -3600;
  long valid_until = 3650L * 24 * 3600;
  bool is_ca = true;
  /// Null: self-signed.
  const TestCa* issuer = nullptr;
  /// Whose key it has; null: a new one.
  const TestCa* key_of = nullptr;
};

TestCa make_test_ca(const TestCaOptions& options);

/// Whether a client and a server with certificates below these authorities, each trusting those in `..._trusts` (PEM),
/// agree on mutual TLS 1.3: what their sidecars do.
bool mutual_tls_succeeds(const TestCa& client, const std::string& client_trusts, const TestCa& server,
                         const std::string& server_trusts);

}  // namespace mesh::testing
