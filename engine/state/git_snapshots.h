#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/snapshot.h"
#include "engine/state/git_repository.h"

// What commits say. Errors: state_unusable, snapshot_invalid.
namespace mesh {

Result<Snapshot> read_snapshot(const GitRepository& git, const std::string& commit);

/// What the line says whose heads these are (one, or two that parted): of lines that parted, what both say since they
/// did, so that a snapshot that is put on both loses nothing.
Result<Snapshot> read_heads(const GitRepository& git, const std::vector<std::string>& heads);

}  // namespace mesh
