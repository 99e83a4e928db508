#include "engine/state/git_history.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh {

Result<std::string> newest_of(const GitRepository& git, const std::vector<std::string>& heads) {
  const Result<std::vector<CommitInfo>> log = git.log(heads);
  if (!log) return failure(log.error());
  const CommitInfo* newest = nullptr;
  for (const CommitInfo& commit : *log) {
    if (std::find(heads.begin(), heads.end(), commit.id) == heads.end()) continue;
    if (newest == nullptr) {
      newest = &commit;
      continue;
    }
    const Result<bool> before = git.contains(newest->id, commit.id);
    if (!before) return failure(before.error());
    if (!*before && commit.time > newest->time) newest = &commit;
  }
  return newest == nullptr ? heads.front() : newest->id;
}

Result<std::vector<std::string>> heads_of(const GitRepository& git, const std::vector<std::string>& commits) {
  std::vector<std::string> heads;
  for (const std::string& commit : commits) {
    bool held = std::find(heads.begin(), heads.end(), commit) != heads.end();
    for (const std::string& other : commits) {
      if (held) break;
      if (other == commit) continue;
      const Result<bool> holds = git.contains(other, commit);
      if (!holds) return failure(holds.error());
      held = *holds;
    }
    if (!held) heads.push_back(commit);
  }
  return heads;
}

Result<std::vector<std::string>> heads_of(const GitRepository& git, const GitBranch& branch) {
  std::vector<std::string> found;
  for (const std::string& reference : {branch.name, branch.tracking}) {
    const Result<std::optional<std::string>> tip = git.tip(reference);
    if (!tip) return failure(tip.error());
    if (*tip) found.push_back(**tip);
  }
  return heads_of(git, found);
}

FoundCommit find_commit(const GitRepository& git, const std::vector<CommitInfo>& line, const std::string& revision) {
  if (line.empty()) return {.id = {}, .why_not = "there are no snapshots yet"};
  const bool digits = revision.size() >= 4 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  std::vector<std::string> matching;
  for (const CommitInfo& commit : line) {
    if (digits && commit.id.starts_with(revision)) matching.push_back(commit.id);
  }
  if (matching.size() == 1) return {.id = matching.front(), .why_not = {}};
  if (matching.size() > 1) return {.id = {}, .why_not = fmt::format("{} snapshots begin so", matching.size())};
  std::string named = revision;
  for (const std::string_view head : {"HEAD", "@"}) {
    if (!named.starts_with(head)) continue;
    named = line.front().id + named.substr(head.size());
    break;
  }
  const std::optional<std::string> commit = git.parse(named);
  if (!commit) return {.id = {}, .why_not = "it names nothing"};
  const bool ours = std::any_of(line.begin(), line.end(), [&](const CommitInfo& one) { return one.id == *commit; });
  if (!ours) return {.id = {}, .why_not = "it is not a snapshot of this mesh"};
  return {.id = *commit, .why_not = {}};
}

}  // namespace mesh
