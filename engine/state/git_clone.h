#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/state/git_history.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"
#include "engine/state/remote_limits.h"
#include "engine/state/scratch_folder.h"

namespace mesh {

/// What a store reads from: the repository here, or, while there is none but a remote, one made for the time of the
/// store; and that remote, whose answers to all readings share one deadline. Errors: state_unusable, unless said
/// otherwise.
class GitSource {
 public:
  GitSource(std::filesystem::path path, GitBranch branch, const std::optional<std::string>& remote,
            const RemoteLimits& limits);

  const std::optional<GitRemote>& remote() const { return remote_; }
  /// Nothing: there is none, and no remote.
  Result<std::optional<GitRepository>> repository();
  /// Brings what the remote has. One that failed is not asked again. Errors: state_remote_failed.
  Result<void> fetch(const GitRepository& into);
  /// Moves what was fetched while there was no repository here into the one that was made since: what is recorded there
  /// goes on from it, though the remote may be gone now.
  Result<void> hand_over(const GitRepository& made);
  /// How many snapshots are here that the remote lacks, as far as is known.
  Result<std::size_t> unpushed(const GitRepository& git) const;

 private:
  std::filesystem::path path_;
  GitBranch branch_;
  std::optional<GitRemote> remote_;
  RemoteLimits limits_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::optional<Diagnostics> failed_;
  /// The remote answered that it has no such branch, whatever it had before.
  bool none_there_ = false;
  std::mutex scratch_guard_;
  std::unique_ptr<ScratchFolder> scratch_;
};

}  // namespace mesh
