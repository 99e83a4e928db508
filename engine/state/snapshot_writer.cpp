#include "engine/state/snapshot_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/snapshot_codec.h"
#include "engine/state/commit_message.h"
#include "engine/state/git_error.h"
#include "engine/state/git_history.h"
#include "engine/state/git_snapshots.h"
#include "engine/state/git_write_check.h"

namespace mesh {
namespace {

/// A lost race costs one attempt; so many in a row mean that somebody else holds the branch.
constexpr int most_attempts = 60;
/// A push that is not taken though nobody moved the branch: a lock, at first; after that a refusal.
constexpr int most_refusals = 3;

Diagnostic not_taken(const GitRemote& remote, std::string summary, std::string cause) {
  return {.code = Code::state_remote_failed,
          .where = fmt::format("state remote {}", remote.shown()),
          .summary = std::move(summary),
          .cause = std::move(cause),
          .hint = {}};
}

}  // namespace

Diagnostics as_warnings(Diagnostics problems, const std::string& consequence) {
  for (Diagnostic& problem : problems) {
    problem.severity = Severity::warning;
    problem.cause += fmt::format("; {}", consequence);
  }
  return problems;
}

void GitAppender::pause(int attempt) {
  if (attempt == 0) return;
  clock_.sleep_until(clock_.now() + std::chrono::milliseconds(std::min(10 * attempt, 200)), {});
}

/// What is recorded on top of these commits: what the caller made, if it made it for them.
Result<std::string> GitAppender::tree_on(const std::vector<std::string>& heads) {
  if (const auto made = trees_.find(heads); made != trees_.end()) return made->second;
  const bool as_made = heads.empty() || (heads.size() == 1 && heads.front() == entry_.after);
  Snapshot snapshot;
  if (as_made) {
    snapshot = entry_.snapshot;
  } else {
    const Result<Snapshot> newest = read_heads(git_, heads);
    if (!newest) return failure(newest.error());
    snapshot = entry_.rebased(*newest);
  }
  Result<std::string> tree = git_.write_tree(encode_snapshot(snapshot));
  if (tree) trees_.emplace(heads, *tree);
  return tree;
}

Result<std::string> GitAppender::commit_on(const std::vector<std::string>& heads) {
  const Result<std::string> tree = tree_on(heads);
  if (!tree) return failure(tree.error());
  return git_.write_commit(*tree, heads, commit_message(entry_.snapshot, entry_.subject), clock_.wall());
}

Result<GitAppender::Step> GitAppender::record_once() {
  const auto ours = git_.tip(branch_.name);
  if (!ours) return failure(ours.error());
  const auto theirs = git_.tip(branch_.tracking);
  if (!theirs) return failure(theirs.error());
  std::vector<std::string> tips;
  for (const auto& tip : {*ours, *theirs}) {
    if (tip) tips.push_back(*tip);
  }
  auto heads = heads_of(git_, tips);
  if (!heads) return failure(heads.error());
  const auto commit = commit_on(*heads);
  if (!commit) return failure(commit.error());
  const auto moved = git_.move(branch_.name, *ours, *commit);
  if (!moved) return failure(moved.error());
  if (!*moved) return Step::again;
  saved_.commit = *commit;
  parents_ = std::move(*heads);
  theirs_ = *theirs;
  return Step::done;
}

Result<SnapshotStore::Saved> GitAppender::record() {
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    pause(attempt);
    const Result<Step> step = record_once();
    if (!step) return failure(step.error());
    if (*step == Step::done) return saved_;
  }
  const std::filesystem::path lock = git_.lock_of(branch_.name);
  if (std::error_code ignored; std::filesystem::exists(lock, ignored)) return failure(state_locked(git_.path(), lock));
  return failure(
      state_unusable(git_.path(), fmt::format("others moved {} {} times in a row", branch_.name, most_attempts)));
}

Result<SnapshotStore::Saved> GitAppender::resume() {
  auto heads = heads_of(git_, branch_);
  if (!heads) return failure(heads.error());
  if (heads->size() != 1) return record();
  const auto theirs = git_.tip(branch_.tracking);
  if (!theirs) return failure(theirs.error());
  saved_.commit = heads->front();
  parents_ = std::move(*heads);
  theirs_ = *theirs;
  return saved_;
}

/// Makes our commit again on top of what the remote has, too. Again: others built on ours here; they do that then.
Result<GitAppender::Step> GitAppender::join(const std::string& theirs) {
  std::vector<std::string> tips = parents_;
  tips.push_back(theirs);
  auto heads = heads_of(git_, tips);
  if (!heads) return failure(heads.error());
  const auto commit = commit_on(*heads);
  if (!commit) return failure(commit.error());
  const auto moved = git_.move(branch_.name, saved_.commit, *commit);
  if (!moved) return failure(moved.error());
  if (!*moved) return Step::again;
  saved_.commit = *commit;
  parents_ = std::move(*heads);
  return Step::done;
}

Result<GitAppender::Step> GitAppender::publish_once(const GitRemote& remote, const Patience& patience) {
  const auto pushed = remote.push(git_, saved_.commit, branch_.name, theirs_, patience);
  if (!pushed) return failure(pushed.error());
  if (*pushed == Pushed::done) {
    const auto seen = git_.tip(branch_.tracking);
    // Should this fail, the next fetch mends it.
    if (seen) (void)git_.move(branch_.tracking, *seen, saved_.commit);
    return Step::done;
  }
  auto fetched = remote.fetch(git_, branch_.name, branch_.tracking, patience);
  if (!fetched) return failure(fetched.error());
  refusals_ = *fetched == theirs_ ? refusals_ + 1 : 0;
  if (refusals_ >= most_refusals) {
    return failure(not_taken(remote, "the remote of the state repository refused the push",
                             fmt::format("it does not let {} move, although no other process moved it", branch_.name)));
  }
  if (!*fetched) {
    theirs_ = std::nullopt;
    return Step::again;
  }
  const auto there = git_.contains(**fetched, saved_.commit);
  if (!there) return failure(there.error());
  if (*there) return Step::done;
  const auto on_top = git_.contains(saved_.commit, **fetched);
  if (!on_top) return failure(on_top.error());
  if (!*on_top) {
    const auto joined = join(**fetched);
    if (!joined) return failure(joined.error());
    // Until ours holds what the remote has, nothing may be pushed over it.
    if (*joined == Step::again) return Step::again;
  }
  theirs_ = std::move(*fetched);
  return Step::again;
}

SnapshotStore::Saved GitAppender::publish(const GitRemote& remote, const Patience& patience) {
  Diagnostics why;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    pause(attempt);
    Result<Step> step = publish_once(remote, patience);
    if (step && *step == Step::done) return saved_;
    if (step) continue;
    why = std::move(step.error());
    break;
  }
  if (why.empty()) {
    why.push_back(not_taken(remote, "the remote of the state repository was busy",
                            fmt::format("others moved {} {} times in a row", branch_.name, most_attempts)));
  }
  why = as_warnings(std::move(why), "the snapshot is recorded here only");
  for (Diagnostic& problem : why) {
    problem.hint = fmt::format("the next apply pushes it; or: git -C {} push {} {}", git_.path().string(),
                               remote.shown(), branch_.name);
  }
  append(saved_.diagnostics, std::move(why));
  return saved_;
}

}  // namespace mesh
