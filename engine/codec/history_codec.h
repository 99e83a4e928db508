#pragma once

#include <string>
#include <vector>

#include "engine/model/snapshot.h"

namespace mesh {

inline constexpr const char* history_format = "mesh.history/v1";

/// The snapshots as a document mesh.history/v1, in the order given.
std::string encode_history(const std::string& mesh, const std::vector<SnapshotInfo>& history);

}  // namespace mesh
