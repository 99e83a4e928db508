#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/checks/trust.h"

namespace mesh {

/// A remote cluster as an istiod pod holds it.
struct HeldCluster {
  /// `NAMESPACE/NAME` of the Secret that it was taken from. Empty: not known.
  std::string secret = {};
  /// Istio's word: synced, syncing, timeout, closed.
  std::string status = {};

  bool operator==(const HeldCluster&) const = default;
};

struct HeldEndpoints {
  std::size_t services = 0;
  std::size_t endpoints = 0;

  bool operator==(const HeldEndpoints&) const = default;
};

struct HeldGateway {
  std::string network = {};
  std::string cluster = {};
  std::string address = {};

  bool operator==(const HeldGateway&) const = default;
};

/// What one istiod pod has in memory, as far as it could be asked.
struct IstiodMemory {
  std::string pod = {};
  std::string revision = {};
  /// Remote clusters by id. Nothing: not known.
  std::optional<std::map<std::string, HeldCluster>> clusters = {};
  /// Where they are not known: how many are registered, and of which istiod gave up the first sync since it started.
  std::optional<std::size_t> registered = {};
  std::set<std::string> gave_up = {};
  /// By cluster id. Nothing: not asked for, or not known.
  std::optional<std::map<std::string, HeldEndpoints>> endpoints = {};
  std::optional<std::vector<HeldGateway>> gateways = {};
  /// Why not all that was asked for is known.
  Diagnostics why = {};

  bool operator==(const IstiodMemory&) const = default;
};

/// effective: each istiod pod of the discovering cluster has synced the peer, with all that was asked for. not_applied:
/// what the API servers hold does not announce it. not_effective: it does, but not every istiod acts on it. unwanted:
/// istiod discovers a cluster that the spec does not let it discover.
enum class EdgeVerdict { effective, not_applied, not_effective, unwanted, unknown };

/// Why a peer is not in effect in an istiod pod. absent: the pod does not know it. syncing, timeout, closed: as Istio
/// says. other_secret: the pod holds it by a Secret that is not the applied one. no_endpoints, no_gateway: it is
/// synced, but without endpoints, or without an address of its network's gateway.
enum class EdgeFault { none, absent, syncing, timeout, closed, other_secret, no_endpoints, no_gateway };

/// One istiod pod's view of a peer.
struct EdgeReplica {
  std::string pod = {};
  std::string revision = {};
  /// Istio's word, or `absent`; `unknown` where the pod could not be asked.
  std::string status = {};
  std::string secret = {};
  /// With CheckDepth::effective.
  std::optional<HeldEndpoints> endpoints = {};
  /// Addresses of the peer's network.
  std::optional<std::vector<std::string>> gateways = {};
  EdgeFault fault = EdgeFault::none;

  bool operator==(const EdgeReplica&) const = default;
};

/// Cluster `from` discovers `to`: in the spec, in the API servers, in the memory of each istiod.
struct DiscoveryEdge {
  std::string from = {};
  /// Empty: the id is that of no cluster of the spec.
  std::string to = {};
  /// The id of `to`.
  std::string id = {};
  bool wanted = false;
  /// A remote Secret of `from` has the id as its key.
  Answer secret = Answer::unknown;
  /// The gateway Service of `to` has an address, and the Gateway that exposes its services exists. Clusters of one
  /// network need neither.
  Answer gateway = Answer::unknown;
  Answer exposed = Answer::unknown;
  bool one_network = false;
  std::vector<EdgeReplica> replicas = {};
  EdgeVerdict verdict = EdgeVerdict::unknown;
  /// One sentence; empty when it is effective.
  std::string reason = {};

  bool operator==(const DiscoveryEdge&) const = default;
};

/// As JSON says it: `not_applied`.
std::string_view to_string(EdgeVerdict verdict);
std::string_view to_string(EdgeFault fault);

}  // namespace mesh
