#pragma once

#include <string>
#include <vector>

#include "providers/istio/trust/ca_certificates.h"
#include "tests/support/test_ca.h"

namespace mesh::testing {

inline constexpr const char* test_now = "2026-11-29T12:00:00Z";

/// A root with that name and key, valid at `test_now`, made of text alone.
inline CaCertificate root_named(const std::string& name) {
  return {.key_sha256 = "key of " + name,
          .subject = "O=" + name,
          .issuer = "O=" + name,
          .not_before = "2026-01-01T00:00:00Z",
          .not_after = "2036-01-01T00:00:00Z",
          .is_ca = true};
}

/// A cluster with Istio's own CA that was read completely.
inline ClusterTrust istio_ca_cluster(const std::string& name, const std::vector<std::string>& roots) {
  ClusterTrust trust{.cluster = name, .ca = CaType::istio_ca, .trust_domain = "cluster.local"};
  for (const std::string& root : roots) trust.roots.push_back(root_named(root));
  return trust;
}

inline ClusterTrust google_cluster(const std::string& name, CaType ca, const std::string& pool = "") {
  return {.cluster = name, .ca = ca, .ca_name = pool, .trust_domain = "acme.svc.id.goog"};
}

}  // namespace mesh::testing
