#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/spec.h"
#include "providers/istio/desired/istiod.h"

namespace mesh::istio {

/// One cluster of the spec or of the last snapshot, with what decides which of its actions make sense.
struct MemberState {
  const ClusterSpec* cluster = nullptr;
  const ClusterState* live = nullptr;
  Presence presence = Presence::present;
  ControlPlane plane = {};
  /// Version of Gateway to write; nothing: the kind is not served.
  std::optional<std::string> istio_version = {};
  /// Other clusters can reach its API server, as far as is known.
  bool dialable = true;
  /// No plan may take its part away, and this one would.
  bool guarded = false;
  std::vector<std::string> callers = {};

  bool answers() const { return live != nullptr && live->answered(); }
  bool has_network() const { return plane.has_namespace && !guarded; }
  bool has_reader() const { return has_network(); }
  /// What is to be taken away needs no control plane.
  bool has_gateway() const { return has_network() && (plane.ready || presence == Presence::absent); }
  bool has_expose() const { return has_gateway() && istio_version.has_value(); }
};

/// By name.
using MeshMembers = std::map<std::string, MemberState>;

/// Judges every cluster. Diagnostics, by cluster: of the control planes, undialable_api_server, not_served,
/// protected_cluster.
MeshMembers judge_members(const Spec& spec, const LiveState& live, const std::map<std::string, ClusterSpec>& removed,
                          Intent intent, std::map<std::string, Diagnostics>& diagnostics);

/// The version of group networking.istio.io in which Gateways are written: v1beta1, which every release since 1.20
/// serves, else another that is served (istio-facts 4). Nothing when none is. A guess while the cluster did not say.
std::optional<std::string> gateway_version(const MeshSpec& mesh, const ClusterState* live);

}  // namespace mesh::istio
