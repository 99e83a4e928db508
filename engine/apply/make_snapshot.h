#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/model/snapshot.h"
#include "engine/model/spec.h"

namespace mesh {

struct SnapshotInput {
  const Spec& spec;
  const Plan& plan;
  const Report& report;
  const DesiredState& desired;
  const LiveState& live;
  /// The last snapshot, if any: what it says of clusters and objects that this apply did not touch is carried on.
  const std::optional<Snapshot>& previous;
  /// RFC 3339.
  std::string time;
  std::string plan_json;
  std::string report_json;
};

/// What is now applied, as far as is known: actions that were done as the report says, unchanged ones as desired,
/// failed and untouched ones as the previous snapshot had them. A cluster with a new name that was read takes the place
/// of the old one. Any other gone from the spec stays as `removed` until nothing of it is left. Pure; the result holds
/// no secret.
Snapshot make_snapshot(const SnapshotInput& input);

}  // namespace mesh
