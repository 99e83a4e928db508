#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/trust.h"

namespace mesh::istio {

/// Its roots are those of ConfigMap istio-ca-root-cert. Where Google signs, no object shows them (istio-facts 6.2).
bool shows_roots(const ClusterTrust& trust);

/// The roots of which one signs: those that are valid at `now` (RFC 3339 in UTC).
std::vector<CaCertificate> signing_roots(const ClusterTrust& trust, const std::string& now);

Answer accepts_certificate(const ClusterTrust& verifier, const CaCertificate& root, const std::string& now);

/// Whether workloads of `verifier` accept the root under which those of `presenter` have certificates. Which of several
/// roots signs cannot be read, so yes means: all of them; no: none of them.
Answer accepts_root(const ClusterTrust& verifier, const ClusterTrust& presenter, const std::string& now);

/// Whether workloads of `verifier` accept a chain (leaf first) that one of `presenter` shows. Certificates are compared
/// by key and subject; no signature is verified.
Answer accepts_chain(const ClusterTrust& verifier, const ClusterTrust& presenter,
                     const std::vector<CaCertificate>& chain, const std::string& now);

/// Whether a client of `caller` accepts the trust domain of a server of `callee`, and the server that of the client
/// (istio-facts 6.5).
Answer client_accepts_domain(const ClusterTrust& caller, const ClusterTrust& callee);
Answer server_accepts_domain(const ClusterTrust& callee, const ClusterTrust& caller);

}  // namespace mesh::istio
