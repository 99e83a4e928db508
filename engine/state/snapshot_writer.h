#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "engine/port/snapshot_store.h"
#include "engine/state/git_history.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"

namespace mesh {

/// Puts one commit on top of the line, however many others do the same at once, here or at the remote. It is recorded
/// here before the remote is asked: a remote that fails, refuses or is silent costs a warning. Where the remote's line
/// went on, the commit is made again on top of it. Errors: state_unusable, snapshot_invalid.
class GitAppender {
 public:
  GitAppender(const GitRepository& git, const GitBranch& branch, const SnapshotStore::Entry& entry, Clock& clock)
      : git_(git), branch_(branch), entry_(entry), clock_(clock) {}

  Result<SnapshotStore::Saved> record();
  /// Goes on from what is recorded here already; the entry is recorded only where the remote's line parted from that.
  /// There is a commit here.
  Result<SnapshotStore::Saved> resume();
  /// After one of them.
  SnapshotStore::Saved publish(const GitRemote& remote, const Patience& patience);

 private:
  enum class Step { done, again };
  Result<std::string> tree_on(const std::vector<std::string>& heads);
  Result<std::string> commit_on(const std::vector<std::string>& heads);
  Result<Step> record_once();
  Result<Step> publish_once(const GitRemote& remote, const Patience& patience);
  Result<Step> join(const std::string& theirs);
  void pause(int attempt);

  const GitRepository& git_;
  const GitBranch& branch_;
  const SnapshotStore::Entry& entry_;
  Clock& clock_;
  /// What the commit goes on top of.
  std::vector<std::string> parents_;
  /// Trees made so far, by parents.
  std::map<std::vector<std::string>, std::string> trees_;
  /// Where the remote's branch stands as far as is known, and how often it did not let that move.
  std::optional<std::string> theirs_;
  int refusals_ = 0;
  SnapshotStore::Saved saved_;
};

/// The same problems as warnings, with what follows from them.
Diagnostics as_warnings(Diagnostics problems, const std::string& consequence);

}  // namespace mesh
