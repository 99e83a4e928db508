#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/model/snapshot.h"
#include "engine/render/style.h"

namespace mesh {

/// The snapshots as a table, in the order given: commit, time, result, subject, author.
std::string render_history(const std::vector<SnapshotInfo>& history, Color color);

/// One snapshot: when, from what, with which result; what its plan desired and its report says, where those could be
/// read; then per cluster its status and objects; then what it changed, a unified diff (empty: nothing, or it is the
/// first).
std::string render_snapshot(const std::string& commit, const Snapshot& snapshot, const std::optional<Plan>& plan,
                            const std::optional<Report>& report, const std::string& changes, Color color);

}  // namespace mesh
