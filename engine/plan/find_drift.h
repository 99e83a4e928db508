#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/desired_state.h"
#include "engine/model/drift.h"
#include "engine/model/field_schema.h"
#include "engine/model/live_state.h"
#include "engine/model/snapshot.h"

namespace mesh {

struct DriftInput {
  std::string mesh;
  std::string commit;
  const Snapshot& snapshot;
  /// Says what is sensitive, exclusive and forbidden about an object, and to which action it belongs; objects of the
  /// snapshot that are not desired any more are compared all the same.
  const DesiredState& desired;
  const LiveState& live;
  const FieldSchemas& schemas;
  /// Globs over addresses, as for a plan: a cluster of which they leave nothing is not looked at. The items of the
  /// others are not chosen from.
  std::vector<std::string> only = {};
  std::vector<std::string> exclude = {};
};

/// What differs from the last applied state, field by field. Pure. Only fields that were applied count, by the rules of
/// the plan: server defaults (kubernetes-facts 3.6) and fields that only others set are no drift.
Drift find_drift(const DriftInput& input);

}  // namespace mesh
