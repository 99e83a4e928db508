#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/port/clock.h"
#include "engine/port/snapshot_store.h"

namespace mesh {

/// How long a remote may take, which may be silent for ever.
struct RemoteLimits {
  /// All talk of one command's reading, and of one save.
  std::chrono::milliseconds budget{60'000};
  /// Ends what is read at once, and leaves a push `grace`.
  std::stop_token stop = {};
  std::chrono::milliseconds grace{10'000};
};

/// Snapshots in a git repository, on branch `mesh/<name>`; a bare or normal repository at `repo`, made (bare) when
/// missing at the first save. With `remote` (path, ssh or https URL) it fetches before and pushes after. `last` and
/// `save` fetch; `history` and `at` tell what is known here, and fetch only while nothing is: call `last` first to see
/// what others pushed.
std::unique_ptr<SnapshotStore> make_git_store(const std::filesystem::path& repo, const std::string& mesh_name,
                                              const std::optional<std::string>& remote, Clock& clock,
                                              RemoteLimits limits = {});

}  // namespace mesh
