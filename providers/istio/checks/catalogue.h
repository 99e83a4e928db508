#pragma once

#include <vector>

#include "engine/model/checks/check.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/checks/topics.h"

namespace mesh::istio {

/// One check: what it is called, what it needs to know, and the function that looks.
struct CheckRow {
  CheckInfo info = {};
  /// Where one of them is unknown in a cluster, so is the check there.
  Topics needs = {};
  /// One of the two, or none for what the reading itself finds.
  void (*of_cluster)(const ClusterView& cluster, Findings& found) = nullptr;
  void (*of_mesh)(const MeshView& mesh, Findings& found) = nullptr;
  /// A plan makes it too: it concerns its actions, needs only what a plan reads, and no diagnostic or change of the
  /// plan says the same.
  bool in_plan = false;
};

/// Ids of the checks that the reading itself finds.
inline constexpr const char* reach_check = "api-server-reach";
inline constexpr const char* read_check = "read-rights";

/// All checks, by theme. A new one needs its row here, a function in the file of its theme, a test in
/// tests/unit/istio/checks, and the fact behind it in FACTS.md.
const std::vector<CheckRow>& catalogue();

/// The rows without their functions.
std::vector<CheckInfo> check_infos();

}  // namespace mesh::istio
