#include "engine/state/git_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "engine/codec/snapshot_codec.h"
#include "engine/state/commit_message.h"
#include "engine/state/git_append.h"
#include "engine/state/git_error.h"
#include "engine/state/git_line.h"
#include "engine/state/git_obstacle.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"
#include "engine/state/git_snapshots.h"
#include "engine/state/scratch_folder.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;

class GitStore : public SnapshotStore {
 public:
  GitStore(fs::path path, const std::string& mesh_name, const std::optional<std::string>& remote, Clock& clock,
           RemoteLimits limits)
      : path_(std::move(path)),
        branch_{"refs/heads/mesh/" + mesh_name, "refs/mesh/remote/" + mesh_name},
        head_("mesh/" + mesh_name),
        clock_(clock),
        limits_(std::move(limits)) {
    if (remote) remote_.emplace(*remote);
  }

  Result<std::optional<Head>> last(Diagnostics& diagnostics) override {
    const Result<std::optional<GitRepository>> opened = repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return std::nullopt;
    const GitRepository& git = **opened;
    if (remote_) {
      const auto fetched = remote_->fetch(git, branch_.name, branch_.tracking, reading());
      if (limits_.stop.stop_requested()) return failure(stopped());
      if (!fetched) append(diagnostics, as_warnings(fetched.error(), "the state in hand is used; it may be older"));
    }
    const Result<std::vector<std::string>> heads = tips(git);
    if (!heads) return failure(heads.error());
    if (heads->empty()) return std::nullopt;
    const Result<std::string> newest = newest_of(git, *heads);
    if (!newest) return failure(newest.error());
    Head head{.commit = *newest, .clusters = {}};
    for (const std::string& one : *heads) {
      const auto folders = git.folders(one, clusters_folder);
      if (!folders) return failure(folders.error());
      for (const std::string& folder : *folders) head.clusters.insert(cluster_of_folder(folder));
    }
    return std::optional<Head>(std::move(head));
  }

  Result<Snapshot> read(const Head& head) override {
    const Result<std::optional<GitRepository>> opened = repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return failure(unknown(head.commit, "the repository is gone"));
    const Result<std::vector<std::string>> heads = tips(**opened);
    if (!heads) return failure(heads.error());
    const bool newest = std::find(heads->begin(), heads->end(), head.commit) != heads->end();
    return newest ? read_heads(**opened, *heads) : read_snapshot(**opened, head.commit);
  }

  Result<void> prepare() override {
    const Result<GitRepository> opened = GitRepository::open_or_create(path_, head_);
    if (!opened) return failure(opened.error());
    if (const auto found = opened->obstacle(branch_.name)) {
      return failure(state_unwritable(path_, to_string(*found), found->error));
    }
    // Others hold it for moments; one that stays was left behind.
    for (int attempt = 0; attempt < 20; ++attempt) {
      const Result<bool> lockable = opened->lockable(branch_.name);
      if (!lockable) return failure(lockable.error());
      if (*lockable) return {};
      if (!clock_.sleep_until(clock_.now() + std::chrono::milliseconds(100), limits_.stop)) return failure(stopped());
    }
    return failure(state_locked(path_, opened->lock_of(branch_.name)));
  }

  Result<Saved> save(const Entry& entry) override {
    const Result<GitRepository> opened = GitRepository::open_or_create(path_, head_);
    if (!opened) return failure(opened.error());
    GitAppender appender(*opened, branch_, entry, clock_);
    Result<Saved> saved = appender.record();
    if (!saved) return failure(explained(*opened, std::move(saved.error())));
    if (!remote_) return saved;
    return appender.publish(
        *remote_,
        {.deadline = std::chrono::steady_clock::now() + limits_.budget, .stop = limits_.stop, .grace = limits_.grace});
  }

  Result<std::vector<SnapshotInfo>> history() override {
    const Result<std::optional<GitRepository>> opened = known_repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return std::vector<SnapshotInfo>();
    const Result<std::vector<CommitInfo>> log = line(**opened);
    if (!log) return failure(log.error());
    std::vector<SnapshotInfo> history;
    for (const CommitInfo& commit : *log) {
      SnapshotInfo info = parse_commit_message(commit.message);
      info.commit = commit.id;
      info.author = commit.author;
      info.time = rfc3339(commit.time);
      history.push_back(std::move(info));
    }
    return history;
  }

  Result<Stored> at(const std::string& revision) override {
    const Result<std::optional<GitRepository>> opened = known_repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return failure(unknown(revision, "there are no snapshots yet"));
    const Result<std::vector<CommitInfo>> log = line(**opened);
    if (!log) return failure(log.error());
    const FoundCommit found = find_commit(**opened, *log, revision);
    if (!found.why_not.empty()) return failure(unknown(revision, found.why_not));
    Result<Snapshot> snapshot = read_snapshot(**opened, found.id);
    if (!snapshot) return failure(std::move(snapshot.error()));
    return Stored{found.id, std::move(*snapshot)};
  }

 private:
  /// The repository to read from: ours, or, while there is none but a remote, one made for the time of this store.
  Result<std::optional<GitRepository>> repository() {
    Result<std::optional<GitRepository>> opened = GitRepository::open(path_);
    if (!opened || *opened || !remote_) return opened;
    const std::lock_guard<std::mutex> lock(scratch_guard_);
    if (!scratch_) scratch_ = std::make_unique<ScratchFolder>();
    if (scratch_->path().empty()) {
      return failure(state_unusable(path_, "no temporary folder could be made to fetch the remote into"));
    }
    Result<GitRepository> made = GitRepository::open_or_create(scratch_->path() / "state.git", head_);
    if (!made) return failure(std::move(made.error()));
    return std::optional<GitRepository>(std::move(*made));
  }

  /// The same, with the remote fetched where nothing of it is known yet.
  Result<std::optional<GitRepository>> known_repository() {
    Result<std::optional<GitRepository>> opened = repository();
    if (!opened || !*opened || !remote_) return opened;
    const auto heads = tips(**opened);
    if (!heads || !heads->empty()) return opened;
    const auto fetched = remote_->fetch(**opened, branch_.name, branch_.tracking, reading());
    if (limits_.stop.stop_requested()) return failure(stopped());
    if (!fetched) return failure(fetched.error());
    return opened;
  }

  Patience reading() const {
    return {.deadline = std::chrono::steady_clock::now() + limits_.budget, .stop = limits_.stop};
  }

  Diagnostic stopped() const {
    return {.code = Code::cancelled,
            .where = fmt::format("state repository {}", path_.string()),
            .summary = "stopped, nothing was changed",
            .cause = remote_ ? fmt::format("a signal came while it, or its remote {}, was waited for", remote_->shown())
                             : "a signal came while it was waited for",
            .hint = "run the command again"};
  }

  /// The problems of writing, with what to do about what stands in the way of it now.
  Diagnostics explained(const GitRepository& git, Diagnostics problems) const {
    const auto found = git.obstacle(branch_.name);
    for (Diagnostic& problem : problems) {
      if (found && problem.code == Code::state_unusable) problem = state_unwritable(path_, problem.cause, found->error);
    }
    return problems;
  }

  /// Where our branch and what we know of the remote's stand; only the one that holds the other, if it does.
  Result<std::vector<std::string>> tips(const GitRepository& git) const {
    std::vector<std::string> found;
    for (const std::string& reference : {branch_.name, branch_.tracking}) {
      const Result<std::optional<std::string>> tip = git.tip(reference);
      if (!tip) return failure(tip.error());
      if (*tip) found.push_back(**tip);
    }
    return heads_of(git, found);
  }

  Result<std::vector<CommitInfo>> line(const GitRepository& git) const {
    const Result<std::vector<std::string>> heads = tips(git);
    if (!heads) return failure(heads.error());
    return git.log(*heads);
  }

  Diagnostic unknown(const std::string& revision, const std::string& why) const {
    return {.code = Code::unknown_revision,
            .where = fmt::format("state repository {}", path_.string()),
            .summary = "no such snapshot",
            .cause = fmt::format("`{}`: {}", revision, why),
            .hint = "list them with `mesh history`"};
  }

  GitLibrary library_;
  fs::path path_;
  GitBranch branch_;
  std::string head_;
  std::optional<GitRemote> remote_;
  Clock& clock_;
  RemoteLimits limits_;
  std::mutex scratch_guard_;
  std::unique_ptr<ScratchFolder> scratch_;
};

}  // namespace

std::unique_ptr<SnapshotStore> make_git_store(const fs::path& repo, const std::string& mesh_name,
                                              const std::optional<std::string>& remote, Clock& clock,
                                              RemoteLimits limits) {
  return std::make_unique<GitStore>(repo, mesh_name, remote, clock, std::move(limits));
}

}  // namespace mesh
