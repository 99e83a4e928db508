#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"

namespace mesh {

/// One cluster of a verification: it runs one version of HelloWorld, and calls all.
struct VerifiedCluster {
  std::string name = {};
  /// `v1` or `v2`; empty where no workloads run.
  std::string version = {};
  /// Requests that it sent, and how many of them had no usable answer.
  int sent = 0;
  int failed = 0;
  /// Why it could not be asked; empty when it was.
  Diagnostics error = {};

  bool asked() const { return error.empty(); }
  bool operator==(const VerifiedCluster&) const = default;
};

/// How often `to` answered calls from `from`.
struct VerifiedPath {
  std::string from = {};
  std::string to = {};
  /// By the spec `from` hears `to`, and both could be asked.
  bool expected = true;
  int answers = 0;

  bool missing() const { return expected && answers == 0; }
  bool operator==(const VerifiedPath&) const = default;
};

/// Why a version did not answer, as far as it can be seen (istio-facts 9).
enum class PathFault {
  not_injected,
  network,
  not_discovered,
  no_gateway_address,
  gateway_not_ready,
  trust,
  connection,
  failed_calls,
  unknown
};

struct VerificationFinding {
  std::string from = {};
  std::string to = {};
  PathFault fault = PathFault::unknown;
  /// What was read, what it means, what to do.
  std::string read = {};
  std::string means = {};
  std::string do_next = {};

  bool operator==(const VerificationFinding&) const = default;
};

/// A gateway's address, dialled from here.
struct ProbedGateway {
  std::string cluster = {};
  std::string address = {};
  int port = 0;
  bool connected = false;
  int milliseconds = 0;
  /// Of an injected Service behind it; empty: none was found, and TLS was not tried.
  std::string sni = {};
  /// Whose certificate came, who issued it, and the SHA-256 of the issuer's key, where the chain shows it.
  std::string identity = {};
  std::string issuer = {};
  std::string issuer_key = {};
  /// Why there is no connection, or no certificate.
  std::string error = {};

  bool operator==(const ProbedGateway&) const = default;
};

/// Who was answered by whom.
struct Verification {
  std::string mesh = {};
  /// Where the workloads ran.
  std::string ns = {};
  std::vector<VerifiedCluster> clusters = {};
  /// Clusters of the spec that are not in the sample.
  std::vector<std::string> left_out = {};
  std::vector<VerifiedPath> paths = {};
  std::vector<VerificationFinding> findings = {};
  /// Of a probe, which runs no workloads.
  std::vector<ProbedGateway> probes = {};
  Diagnostics diagnostics = {};

  bool complete() const {
    for (const VerifiedCluster& one : clusters) {
      if (!one.asked()) return false;
    }
    return true;
  }
  /// Every expected version answered where it could be asked; every gateway took a connection, and no cluster refuses
  /// the certificate behind it.
  bool passed() const {
    for (const ProbedGateway& one : probes) {
      if (!one.connected) return false;
    }
    return findings.empty() && !has_errors(diagnostics);
  }
};

}  // namespace mesh
