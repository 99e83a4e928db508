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
  /// Version of Gateway to write; empty: the kind is not served.
  std::string gateway_version = {};
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
  bool has_expose() const { return has_gateway() && !gateway_version.empty(); }
};

/// By name.
using MeshMembers = std::map<std::string, MemberState>;

/// Judges every cluster. Diagnostics, by cluster: of the control planes, undialable_api_server, not_served,
/// protected_cluster.
MeshMembers judge_members(const Spec& spec, const LiveState& live, const std::map<std::string, ClusterSpec>& removed,
                          Intent intent, std::map<std::string, Diagnostics>& diagnostics);

}  // namespace mesh::istio
