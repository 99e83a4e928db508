#include "engine/state/git_append.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/state/git_error.h"
#include "engine/state/git_line.h"

namespace mesh {
namespace {

/// A lost race costs one attempt; so many in a row mean that somebody else holds the branch.
constexpr int most_attempts = 60;
/// A push that is not taken though nobody moved the branch: a lock, at first; after that a refusal.
constexpr int most_refusals = 3;

}  // namespace

Diagnostics as_warnings(Diagnostics problems, const std::string& consequence) {
  for (Diagnostic& problem : problems) {
    problem.severity = Severity::warning;
    problem.cause += fmt::format("; {}", consequence);
  }
  return problems;
}

void GitAppender::give_remote_up(Diagnostics why) {
  remote_up_ = false;
  why = as_warnings(std::move(why), "the snapshot is recorded here only");
  for (Diagnostic& problem : why) {
    problem.hint = fmt::format("the next apply pushes it; or: git -C {} push {} {}", path_.string(), remote_->shown(),
                               branch_.name);
  }
  append(saved_.diagnostics, std::move(why));
}

Diagnostic GitAppender::refused() const {
  return {.code = Code::state_remote_failed,
          .where = fmt::format("state remote {}", remote_->shown()),
          .summary = "the remote of the state repository refused the push",
          .cause = fmt::format("it does not let {} move, though nobody else moved it", branch_.name),
          .hint = {}};
}

/// Where the remote's branch stands: now, or, when it cannot be asked, when it was seen last.
Result<std::optional<std::string>> GitAppender::remote_tip() {
  if (remote_up_) {
    auto fetched = remote_->fetch(git_, branch_.name, branch_.tracking);
    if (!fetched) {
      give_remote_up(std::move(fetched.error()));
    } else {
      if (*fetched != refused_at_) refusals_ = 0;
      if (refusals_ < most_refusals) return *fetched;
      give_remote_up({refused()});
    }
  }
  return git_.tip(branch_.tracking);
}

Result<GitAppender::Step> GitAppender::try_once(const std::string& tree, const std::string& message) {
  const auto theirs = remote_tip();
  if (!theirs) return failure(theirs.error());
  const auto ours = git_.tip(branch_.name);
  if (!ours) return failure(ours.error());
  const auto parents = parents_of(git_, *ours, *theirs);
  if (!parents) return failure(parents.error());
  const auto commit = git_.write_commit(tree, *parents, message, clock_.wall());
  if (!commit) return failure(commit.error());
  saved_.commit = *commit;
  // Pushed before our own branch moves: a commit that lost the race is then simply forgotten, not rewritten.
  if (remote_up_) {
    auto pushed = remote_->push(git_, *commit, branch_.name, *theirs);
    if (!pushed) {
      give_remote_up(std::move(pushed.error()));
    } else if (*pushed == Pushed::moved) {
      refused_at_ = *theirs;
      ++refusals_;
      return Step::again;
    } else {
      // Should this fail, the next fetch mends it.
      (void)git_.move(branch_.tracking, *theirs, *commit);
    }
  }
  const auto moved = git_.move(branch_.name, *ours, *commit);
  if (!moved) return failure(moved.error());
  // Another save moved our branch in between: what the remote has is recorded all the same, and the next save joins.
  return *moved || remote_up_ ? Step::saved : Step::again;
}

Result<SnapshotStore::Saved> GitAppender::append_commit(const std::string& tree, const std::string& message) {
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    if (attempt > 0) clock_.sleep_until(clock_.now() + std::chrono::milliseconds(std::min(10 * attempt, 200)), {});
    const Result<Step> step = try_once(tree, message);
    if (!step) return failure(step.error());
    if (*step == Step::saved) return std::move(saved_);
  }
  return failure(state_unusable(path_, fmt::format("others moved {} {} times in a row, or a lock on it was left behind",
                                                   branch_.name, most_attempts)));
}

}  // namespace mesh
