#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/state/git_repository.h"

// Questions about the line of snapshots of one mesh. Errors: state_unusable.
namespace mesh {

/// Of the heads (at least one), the one that holds the others; of lines that parted, the one that was written last.
Result<std::string> newest_of(const GitRepository& git, const std::vector<std::string>& heads);

/// The parents of a new commit: the head that holds the other, or both when the lines have parted, so that neither is
/// lost.
Result<std::vector<std::string>> parents_of(const GitRepository& git, const std::optional<std::string>& ours,
                                            const std::optional<std::string>& theirs);

/// The commit of the line that a revision names: an id, its unique prefix, or a git revision, in which HEAD is the
/// newest snapshot whatever branch the repository itself is on. Otherwise why there is none.
struct FoundCommit {
  std::string id;
  std::string why_not;
};
FoundCommit find_commit(const GitRepository& git, const std::vector<CommitInfo>& line, const std::string& revision);

}  // namespace mesh
