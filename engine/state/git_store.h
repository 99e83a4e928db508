#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/port/clock.h"
#include "engine/port/snapshot_store.h"
#include "engine/state/remote_limits.h"

namespace mesh {

/// Snapshots in a git repository, on branch `mesh/<name>`; a bare or normal repository at `repo`, made (bare) when
/// missing at the first save. With `remote` (path, ssh or https URL) it fetches before and pushes after. `last` and
/// `save` fetch; `history` and `at` tell what is known here, and fetch only while nothing is: call `last` first to see
/// what others pushed.
std::unique_ptr<SnapshotStore> make_git_store(const std::filesystem::path& repo, const std::string& mesh_name,
                                              const std::optional<std::string>& remote, Clock& clock,
                                              RemoteLimits limits = {});

}  // namespace mesh
