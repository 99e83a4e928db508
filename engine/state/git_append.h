#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "engine/port/snapshot_store.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"

namespace mesh {

/// The branch that holds the line of snapshots, here and at the remote.
struct GitBranch {
  std::string name;
  /// Where the remote's branch was seen last.
  std::string tracking;
};

/// Puts one commit on top of the line, however many others do the same at once, here or at the remote. A remote that
/// fails or refuses costs a warning. Errors: state_unusable.
class GitAppender {
 public:
  GitAppender(const GitRepository& git, const std::filesystem::path& path, const GitBranch& branch,
              const std::optional<GitRemote>& remote, Clock& clock)
      : git_(git), path_(path), branch_(branch), remote_(remote), clock_(clock), remote_up_(remote.has_value()) {}

  Result<SnapshotStore::Saved> append_commit(const std::string& tree, const std::string& message);

 private:
  enum class Step { saved, again };
  Result<Step> try_once(const std::string& tree, const std::string& message);
  Result<std::optional<std::string>> remote_tip();
  void give_remote_up(Diagnostics why);
  Diagnostic refused() const;

  const GitRepository& git_;
  const std::filesystem::path& path_;
  const GitBranch& branch_;
  const std::optional<GitRemote>& remote_;
  Clock& clock_;
  bool remote_up_;
  /// Where the remote's branch stood when it did not take our push, and how often.
  std::optional<std::string> refused_at_;
  int refusals_ = 0;
  SnapshotStore::Saved saved_;
};

/// The same problems as warnings, with what follows from them.
Diagnostics as_warnings(Diagnostics problems, const std::string& consequence);

}  // namespace mesh
