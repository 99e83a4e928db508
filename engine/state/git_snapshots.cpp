#include "engine/state/git_snapshots.h"

#include <fmt/format.h>

#include "engine/codec/snapshot_codec.h"
#include "engine/model/merge_snapshots.h"
#include "engine/state/git_history.h"

namespace mesh {

Result<Snapshot> read_snapshot(const GitRepository& git, const std::string& commit) {
  const auto files = git.files(commit);
  if (!files) return failure(files.error());
  Result<Snapshot> snapshot = decode_snapshot(*files);
  if (!snapshot) {
    for (Diagnostic& problem : snapshot.error()) {
      problem.where = fmt::format("snapshot {} in {}", commit.substr(0, 12), git.path().string());
    }
    return failure(std::move(snapshot.error()));
  }
  return snapshot;
}

Result<Snapshot> read_heads(const GitRepository& git, const std::vector<std::string>& heads) {
  const Result<std::string> newest = newest_of(git, heads);
  if (!newest) return failure(newest.error());
  Result<Snapshot> merged = read_snapshot(git, *newest);
  for (const std::string& head : heads) {
    if (!merged || head == *newest) continue;
    const Result<Snapshot> other = read_snapshot(git, head);
    if (!other) return failure(other.error());
    const Result<std::optional<std::string>> parted = git.common_ancestor(head, *newest);
    if (!parted) return failure(parted.error());
    const Result<Snapshot> base = *parted ? read_snapshot(git, **parted) : Snapshot{};
    if (!base) return failure(base.error());
    merged = merge_snapshots(*base, *other, *merged);
  }
  return merged;
}

}  // namespace mesh
