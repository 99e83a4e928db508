#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/state/git_repository.h"

// Questions about the line of snapshots of one mesh. Errors: state_unusable.
namespace mesh {

/// The branch that holds the line of snapshots, here and at the remote.
struct GitBranch {
  std::string name;
  /// Where the remote's branch was seen last.
  std::string tracking;
};

/// Of the heads (at least one), the one that holds the others; of lines that parted, the one that was written last.
Result<std::string> newest_of(const GitRepository& git, const std::vector<std::string>& heads);

/// Those of the commits that no other one holds, in their order: the parents of a new one that loses none of them.
Result<std::vector<std::string>> heads_of(const GitRepository& git, const std::vector<std::string>& commits);

/// The heads of what is recorded here and what is known of the remote's.
Result<std::vector<std::string>> heads_of(const GitRepository& git, const GitBranch& branch);

/// The commit of the line that a revision names: an id, its unique prefix, or a git revision, in which HEAD is the
/// newest snapshot whatever branch the repository itself is on. Otherwise why there is none.
struct FoundCommit {
  std::string id;
  std::string why_not;
};
FoundCommit find_commit(const GitRepository& git, const std::vector<CommitInfo>& line, const std::string& revision);

}  // namespace mesh
