#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/model/checks/check.h"
#include "engine/model/live_state.h"
#include "engine/model/platform.h"
#include "engine/model/spec.h"

namespace mesh::istio {

/// Everything that the checks are made from.
struct CheckInputs {
  const Spec& spec;
  const PlatformSet& platforms;
  const LiveState& live;
  /// By cluster; those that did not answer have none.
  const std::map<std::string, CheckReading>& readings;
  CheckDepth depth = CheckDepth::everything;
  /// Ids of checks that are not made.
  std::set<std::string> skipped = {};
  /// RFC 3339 in UTC, for certificates and tokens. Empty: nothing is said about trust and expiry.
  std::string now = {};
};

/// Makes every check of the catalogue (of a plan: those that it makes) on what was read. A function of values. Clusters
/// that were left out of the reading are left out here. What could not be read makes the checks that need it unknown:
/// told once per cluster and right, with the checks that it stops.
CheckReport run_checks(const CheckInputs& inputs);

}  // namespace mesh::istio
