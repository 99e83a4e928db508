#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/plan/diff/fields_diff.h"

namespace mesh {

struct ObjectInput {
  const std::string& mesh;
  const std::string& manager;
  const DesiredObject& desired;
  Presence presence = Presence::present;
  const Observed& live;
  const SchemaNode& schema;
  const std::vector<ResolvedReference>& references;
};

/// One object held against what is live.
struct ObjectDiff {
  /// Nothing: it is not there and should not be, or `unknown` says why it cannot be told.
  std::optional<ObjectChange> change;
  std::string unknown;
  /// For an owned object that mesh takes over from others: who made it.
  std::string adopted_from;
  /// Why mesh must not touch it; `unknown` is set as well.
  Diagnostics problems;
};

/// The difference of one object, by ownership and presence (see desired.h). In a body, null stands for a value that the
/// apply fills in: a sensitive one, or one that is known after apply.
ObjectDiff diff_object(const ObjectInput& input);

}  // namespace mesh
