#include "engine/state/git_store.h"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <algorithm>
#include <mutex>
#include <system_error>

#include "engine/codec/snapshot_codec.h"
#include "engine/state/commit_message.h"
#include "engine/state/git_error.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;

/// A lost race costs one attempt; so many in a row mean that somebody else holds the branch.
constexpr int most_attempts = 60;
/// A push that is not taken though nobody moved the branch: a lock, at first; after that a refusal.
constexpr int most_refusals = 3;

/// A folder of our own that goes away with its owner.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "mesh-state-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class GitStore : public SnapshotStore {
 public:
  GitStore(fs::path path, const std::string& mesh_name, const std::optional<std::string>& remote, Clock& clock)
      : path_(std::move(path)),
        branch_("refs/heads/mesh/" + mesh_name),
        tracking_("refs/mesh/remote/" + mesh_name),
        clock_(clock) {
    if (remote) remote_.emplace(*remote);
  }

  Result<std::optional<Stored>> last(Diagnostics& diagnostics) override {
    Result<std::optional<GitRepository>> opened = repository();
    if (!opened) return failure(std::move(opened.error()));
    if (!*opened) return std::nullopt;
    const GitRepository& git = **opened;
    if (remote_) {
      const auto fetched = remote_->fetch(git, branch_, tracking_);
      if (!fetched) append(diagnostics, as_warnings(fetched.error(), "the state in hand is used; it may be older"));
    }
    const Result<std::vector<std::string>> heads = tips(git);
    if (!heads) return failure(heads.error());
    if (heads->empty()) return std::nullopt;
    const Result<std::string> newest = newest_of(git, *heads);
    if (!newest) return failure(newest.error());
    Result<Stored> stored = read(git, *newest);
    if (!stored) return failure(std::move(stored.error()));
    return std::optional<Stored>(std::move(*stored));
  }

  Result<Saved> save(const Snapshot& snapshot) override {
    Result<GitRepository> opened = GitRepository::open_or_create(path_, branch_.substr(sizeof "refs/heads/" - 1));
    if (!opened) return failure(std::move(opened.error()));
    const Result<std::string> tree = opened->write_tree(encode_snapshot(snapshot));
    if (!tree) return failure(tree.error());
    return append_commit(*opened, *tree, commit_message(snapshot));
  }

  Result<std::vector<SnapshotInfo>> history() override {
    Diagnostics missed;
    Result<std::optional<GitRepository>> opened = known_repository(missed);
    if (!opened) return failure(std::move(opened.error()));
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
    Diagnostics missed;
    Result<std::optional<GitRepository>> opened = known_repository(missed);
    if (!opened) return failure(std::move(opened.error()));
    if (!*opened) return failure(unknown(revision, "there are no snapshots yet"));
    const GitRepository& git = **opened;
    const Result<std::vector<CommitInfo>> log = line(git);
    if (!log) return failure(log.error());
    if (log->empty()) return failure(unknown(revision, "there are no snapshots yet"));
    const Result<std::string> commit = find(git, *log, revision);
    if (!commit) return failure(commit.error());
    return read(git, *commit);
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
    Result<GitRepository> made = GitRepository::open_or_create(scratch_->path() / "state.git", "mesh");
    if (!made) return failure(std::move(made.error()));
    return std::optional<GitRepository>(std::move(*made));
  }

  /// The same, with the remote fetched where nothing of it is known yet.
  Result<std::optional<GitRepository>> known_repository(Diagnostics& missed) {
    Result<std::optional<GitRepository>> opened = repository();
    if (!opened || !*opened || !remote_) return opened;
    const auto heads = tips(**opened);
    if (!heads || !heads->empty()) return opened;
    const auto fetched = remote_->fetch(**opened, branch_, tracking_);
    if (!fetched) append(missed, fetched.error());
    if (!fetched) return failure(fetched.error());
    return opened;
  }

  /// Where our branch and what we know of the remote's stand.
  Result<std::vector<std::string>> tips(const GitRepository& git) const {
    std::vector<std::string> found;
    for (const std::string& reference : {branch_, tracking_}) {
      const Result<std::optional<std::string>> tip = git.tip(reference);
      if (!tip) return failure(tip.error());
      if (*tip && std::find(found.begin(), found.end(), **tip) == found.end()) found.push_back(**tip);
    }
    return found;
  }

  Result<std::vector<CommitInfo>> line(const GitRepository& git) const {
    const Result<std::vector<std::string>> heads = tips(git);
    if (!heads) return failure(heads.error());
    return git.log(*heads);
  }

  /// The tip that holds the other; of two lines that parted, the one that was written last.
  static Result<std::string> newest_of(const GitRepository& git, const std::vector<std::string>& heads) {
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
    return newest->id;
  }

  Result<Stored> read(const GitRepository& git, const std::string& commit) const {
    const auto files = git.files(commit);
    if (!files) return failure(files.error());
    Result<Snapshot> snapshot = decode_snapshot(*files);
    if (!snapshot) {
      for (Diagnostic& problem : snapshot.error()) {
        problem.where = fmt::format("snapshot {} in {}", commit.substr(0, 12), path_.string());
      }
      return failure(std::move(snapshot.error()));
    }
    return Stored{commit, std::move(*snapshot)};
  }

  Result<std::string> find(const GitRepository& git, const std::vector<CommitInfo>& log,
                           const std::string& revision) const {
    const bool digits = revision.size() >= 4 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
    std::vector<std::string> matching;
    for (const CommitInfo& commit : log) {
      if (digits && commit.id.starts_with(revision)) matching.push_back(commit.id);
    }
    if (matching.size() == 1) return matching.front();
    if (matching.size() > 1) return failure(unknown(revision, fmt::format("{} snapshots begin so", matching.size())));
    // HEAD is the newest snapshot, whatever branch the repository itself is on.
    std::string named = revision;
    for (const std::string_view head : {"HEAD", "@"}) {
      if (!named.starts_with(head)) continue;
      named = log.front().id + named.substr(head.size());
      break;
    }
    const std::optional<std::string> commit = git.parse(named);
    const bool ours =
        commit && std::any_of(log.begin(), log.end(), [&](const CommitInfo& one) { return one.id == *commit; });
    if (!ours) return failure(unknown(revision, commit ? "it is no snapshot of this mesh" : "it names nothing"));
    return *commit;
  }

  Diagnostic unknown(const std::string& revision, const std::string& why) const {
    return {.code = Code::unknown_revision,
            .where = fmt::format("state repository {}", path_.string()),
            .summary = "no such snapshot",
            .cause = fmt::format("`{}`: {}", without_url_credentials(revision), why),
            .hint = "list them with `mesh history`"};
  }

  Diagnostics as_warnings(Diagnostics problems, const std::string& consequence) const {
    for (Diagnostic& problem : problems) {
      problem.severity = Severity::warning;
      problem.cause += fmt::format("; {}", consequence);
    }
    return problems;
  }

  Diagnostics not_pushed(Diagnostics problems) const {
    problems = as_warnings(std::move(problems), "the snapshot is recorded here only");
    for (Diagnostic& problem : problems) {
      problem.hint =
          fmt::format("the next apply pushes it; or: git -C {} push {} {}", path_.string(), remote_->shown(), branch_);
    }
    return problems;
  }

  /// The commit's parents: the tip that holds the other, or both when the lines have parted, so that neither is lost.
  static Result<std::vector<std::string>> parents_of(const GitRepository& git, const std::optional<std::string>& ours,
                                                     const std::optional<std::string>& theirs) {
    if (!ours && !theirs) return std::vector<std::string>();
    if (!ours) return std::vector{*theirs};
    if (!theirs) return std::vector{*ours};
    const Result<bool> ahead = git.contains(*ours, *theirs);
    if (!ahead) return failure(ahead.error());
    if (*ahead) return std::vector{*ours};
    const Result<bool> behind = git.contains(*theirs, *ours);
    if (!behind) return failure(behind.error());
    if (*behind) return std::vector{*theirs};
    return std::vector{*ours, *theirs};
  }

  /// The remote as one save sees it.
  struct RemoteView {
    bool up = false;
    std::optional<std::string> tip;
    std::optional<std::string> refused_at;
    int refusals = 0;
  };

  /// Fetches; a remote that fails, or that refuses though its branch stands still, is given up with a warning.
  Result<void*> look(const GitRepository& git, RemoteView& view, Diagnostics& warnings) const {
    if (view.up) {
      const auto fetched = remote_->fetch(git, branch_, tracking_);
      if (fetched) {
        const bool stands = view.refusals > 0 && *fetched == view.refused_at;
        view.tip = *fetched;
        if (!stands) view.refusals = 0;
        if (view.refusals < most_refusals) return nullptr;
        append(warnings, not_pushed({refused()}));
      } else {
        append(warnings, not_pushed(fetched.error()));
      }
      view.up = false;
    }
    const auto known = git.tip(tracking_);
    if (!known) return failure(known.error());
    view.tip = *known;
    return nullptr;
  }

  Diagnostic refused() const {
    return {.code = Code::state_remote_failed,
            .where = fmt::format("state remote {}", remote_->shown()),
            .summary = "the remote of the state repository refused the push",
            .cause = fmt::format("it does not let {} move, though nobody else moved it", branch_),
            .hint = {}};
  }

  Result<Saved> append_commit(const GitRepository& git, const std::string& tree, const std::string& message) {
    Saved saved;
    RemoteView view{.up = remote_.has_value(), .tip = std::nullopt, .refused_at = std::nullopt};
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      if (attempt > 0) {
        clock_.sleep_until(clock_.now() + std::chrono::milliseconds(std::min(10 * attempt, 200)), {});
      }
      if (const auto looked = look(git, view, saved.diagnostics); !looked) return failure(looked.error());
      const auto ours = git.tip(branch_);
      if (!ours) return failure(ours.error());
      const auto parents = parents_of(git, *ours, view.tip);
      if (!parents) return failure(parents.error());
      const auto commit = git.write_commit(tree, *parents, message, clock_.wall());
      if (!commit) return failure(commit.error());
      saved.commit = *commit;
      // Pushed before our own branch moves: a commit that lost the race is then simply forgotten, not rewritten.
      if (view.up) {
        const auto pushed = remote_->push(git, *commit, branch_, view.tip);
        if (pushed && *pushed == Pushed::moved) {
          view.refused_at = view.tip;
          ++view.refusals;
          continue;
        }
        if (pushed) {
          // Should this fail, the next fetch mends it.
          (void)git.move(tracking_, view.tip, *commit);
        } else {
          append(saved.diagnostics, not_pushed(pushed.error()));
          view.up = false;
        }
      }
      const auto moved = git.move(branch_, *ours, *commit);
      if (!moved) return failure(moved.error());
      // Another save moved our branch in between: what the remote has is recorded all the same, and the next save
      // joins.
      if (*moved || view.up) return saved;
    }
    return failure(state_unusable(
        path_,
        fmt::format("others moved {} {} times in a row, or a lock on it was left behind", branch_, most_attempts)));
  }

  GitLibrary library_;
  fs::path path_;
  std::string branch_;
  std::string tracking_;
  std::optional<GitRemote> remote_;
  Clock& clock_;
  std::mutex scratch_guard_;
  std::unique_ptr<ScratchFolder> scratch_;
};

}  // namespace

std::unique_ptr<SnapshotStore> make_git_store(const fs::path& repo, const std::string& mesh_name,
                                              const std::optional<std::string>& remote, Clock& clock) {
  return std::make_unique<GitStore>(repo, mesh_name, remote, clock);
}

}  // namespace mesh
