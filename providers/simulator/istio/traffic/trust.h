#pragma once

#include <set>
#include <string>

#include "providers/simulator/istio/traffic/control_plane.h"

namespace mesh::simulator {

/// Whom workloads of a namespace are to others, and whom they believe.
struct Trust {
  CertificateAuthority authority = CertificateAuthority::istio_ca;
  /// The root that signs their certificates: digests, or the name of an authority outside the cluster.
  std::set<std::string> issued_by = {};
  std::set<std::string> anchors = {};
  std::string domain = {};
  /// The own domain and its aliases.
  std::set<std::string> domains = {};
};

/// Istio's own CA is judged by the root that istiod uses and by the roots that workloads were given: ConfigMap
/// istio-ca-root-cert. With Mesh CA or a CA service that ConfigMap decides nothing (istio-facts 6.2).
Trust trust_of(const Objects& objects, const ControlPlane& plane, const std::string& ns);

enum class Distrust { none, roots, domains };
struct Handshake {
  Distrust distrust = Distrust::none;
  /// For a sentence, `a` being the caller's cluster and `b` the other.
  std::string why = {};
};
/// Mutual TLS between a workload of `a` and one of `b`.
Handshake handshake(const std::string& a, const Trust& caller, const std::string& b, const Trust& server);

}  // namespace mesh::simulator
