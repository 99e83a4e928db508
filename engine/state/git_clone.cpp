#include "engine/state/git_clone.h"

#include "engine/state/git_error.h"
#include "engine/state/git_transfer.h"

namespace mesh {

GitSource::GitSource(std::filesystem::path path, GitBranch branch, const std::optional<std::string>& remote,
                     const RemoteLimits& limits)
    : path_(std::move(path)), branch_(std::move(branch)), limits_(limits) {
  if (remote) remote_.emplace(*remote);
}

Result<std::optional<GitRepository>> GitSource::repository() {
  Result<std::optional<GitRepository>> opened = GitRepository::open(path_);
  if (!opened || *opened || !remote_) return opened;
  const std::lock_guard<std::mutex> lock(scratch_guard_);
  if (!scratch_) scratch_ = std::make_unique<ScratchFolder>();
  if (scratch_->path().empty()) {
    return failure(state_unusable(path_, "no temporary folder could be made to fetch the remote into"));
  }
  Result<GitRepository> made = GitRepository::open_or_create(scratch_->path() / "state.git", branch_.name);
  if (!made) return failure(std::move(made.error()));
  return std::optional<GitRepository>(std::move(*made));
}

Result<void> GitSource::fetch(const GitRepository& into) {
  if (!remote_) return {};
  if (failed_) return failure(*failed_);
  if (!deadline_) deadline_ = std::chrono::steady_clock::now() + limits_.budget;
  const auto fetched =
      remote_->fetch(into, branch_.name, branch_.tracking, {.deadline = *deadline_, .stop = limits_.stop});
  if (!fetched) return failure(failed_.emplace(fetched.error()));
  none_there_ = !*fetched;
  return {};
}

Result<void> GitSource::hand_over(const GitRepository& made) {
  const std::lock_guard<std::mutex> lock(scratch_guard_);
  if (!scratch_) return {};
  const auto known = made.tip(branch_.tracking);
  if (!known) return failure(known.error());
  if (*known) return {};
  const GitTransfer transfer((scratch_->path() / "state.git").string(), made.path(), {});
  const auto fetched = transfer.fetch(branch_.tracking, branch_.tracking);
  if (!fetched) return failure(state_unusable(path_, fetched.error().front().cause));
  return {};
}

Result<std::size_t> GitSource::unpushed(const GitRepository& git) const {
  if (!remote_) return 0;
  const auto ours = git.tip(branch_.name);
  if (!ours) return failure(ours.error());
  const auto theirs = git.tip(branch_.tracking);
  if (!theirs) return failure(theirs.error());
  if (!*ours) return 0;
  return git.ahead(**ours, none_there_ ? std::nullopt : *theirs);
}

}  // namespace mesh
