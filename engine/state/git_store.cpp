#include "engine/state/git_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time.h"
#include "engine/codec/snapshot_codec.h"
#include "engine/state/commit_message.h"
#include "engine/state/git_clone.h"
#include "engine/state/git_error.h"
#include "engine/state/git_history.h"
#include "engine/state/git_remote.h"
#include "engine/state/git_repository.h"
#include "engine/state/git_snapshots.h"
#include "engine/state/git_write_check.h"
#include "engine/state/snapshot_writer.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;

class GitStore : public SnapshotStore {
 public:
  GitStore(fs::path path, const std::string& mesh_name, const std::optional<std::string>& remote, Clock& clock,
           RemoteLimits limits)
      : path_(std::move(path)),
        branch_{"refs/heads/mesh/" + mesh_name, "refs/mesh/remote/" + mesh_name},
        clock_(clock),
        limits_(std::move(limits)),
        source_(path_, branch_, remote, limits_) {}

  Result<std::optional<Head>> last(Diagnostics& diagnostics) override {
    const Result<std::optional<GitRepository>> opened = source_.repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return std::nullopt;
    const GitRepository& git = **opened;
    const auto fetched = source_.fetch(git);
    if (source_.remote() && limits_.stop.stop_requested()) return failure(stopped());
    if (!fetched) append(diagnostics, as_warnings(fetched.error(), "the state in hand is used; it may be older"));
    const Result<std::vector<std::string>> heads = heads_of(git, branch_);
    if (!heads) return failure(heads.error());
    if (heads->empty()) return std::nullopt;
    const Result<std::string> newest = newest_of(git, *heads);
    if (!newest) return failure(newest.error());
    const auto unpushed = source_.unpushed(git);
    if (!unpushed) return failure(unpushed.error());
    Head head{
        .commit = *newest, .clusters = {}, .unpushed = here_only(*unpushed), .remote_answers = fetched.has_value()};
    const auto rewritten = git.file(*newest, rewritten_file);
    if (!rewritten) return failure(rewritten.error());
    if (*rewritten) {
      auto fields = decode_rewritten(**rewritten);
      if (!fields) return failure(std::move(fields.error()));
      head.rewritten = std::move(*fields);
    }
    for (const std::string& one : *heads) {
      const auto folders = git.folders(one, clusters_folder);
      if (!folders) return failure(folders.error());
      for (const std::string& folder : *folders) {
        // Of lines that parted the newest says more.
        ClusterSnapshot& known = head.clusters[cluster_of_folder(folder)];
        if (one != *newest && !known.as_of.empty()) continue;
        auto cluster = cluster_of(git, one, folder);
        // Whoever reads the whole snapshot is refused.
        if (!cluster) append(diagnostics, as_warnings(cluster.error(), "nothing is known of the cluster"));
        if (cluster) known = std::move(*cluster);
      }
    }
    return std::optional<Head>(std::move(head));
  }

  Result<Snapshot> read(const Head& head) override {
    const Result<std::optional<GitRepository>> opened = source_.repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return failure(unknown(head.commit, "the repository is gone"));
    const Result<std::vector<std::string>> heads = heads_of(**opened, branch_);
    if (!heads) return failure(heads.error());
    const bool newest = std::find(heads->begin(), heads->end(), head.commit) != heads->end();
    return newest ? read_heads(**opened, *heads) : read_snapshot(**opened, head.commit);
  }

  Result<void> prepare() override {
    const Result<GitRepository> opened = GitRepository::open_or_create(path_, branch_.name);
    if (!opened) return failure(opened.error());
    if (const auto found = opened->obstacle(branch_.name)) {
      return failure(state_unwritable(path_, to_string(*found), found->error));
    }
    if (auto handed = source_.hand_over(*opened); !handed) return handed;
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
    const Result<GitRepository> opened = GitRepository::open_or_create(path_, branch_.name);
    if (!opened) return failure(opened.error());
    if (auto handed = source_.hand_over(*opened); !handed) return failure(explained(*opened, handed.error()));
    GitAppender appender(*opened, branch_, entry, clock_);
    Result<Saved> saved = appender.record();
    if (!saved) return failure(explained(*opened, std::move(saved.error())));
    if (entry.recorded) entry.recorded(saved->commit);
    return source_.remote() ? appender.publish(*source_.remote(), writing()) : saved;
  }

  Diagnostics publish() override {
    auto pushed = push_on();
    return pushed ? std::move(*pushed) : as_warnings(std::move(pushed.error()), "nothing was pushed");
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

  Result<std::string> changes(const std::string& commit) override {
    const Result<std::optional<GitRepository>> opened = source_.repository();
    if (!opened) return failure(opened.error());
    if (!*opened) return std::string();
    return (*opened)->changes(commit, {"spec.toml", fmt::format("{}/*.yaml", clusters_folder)});
  }

 private:
  static Result<ClusterSnapshot> cluster_of(const GitRepository& git, const std::string& commit,
                                            const std::string& folder) {
    const std::string path = fmt::format("{}/{}/{}", clusters_folder, folder, cluster_file);
    const auto bytes = git.file(commit, path);
    if (!bytes) return failure(bytes.error());
    return *bytes ? decode_cluster(path, **bytes) : ClusterSnapshot();
  }

  /// The repository to read from, with the remote fetched where nothing of it is known yet.
  Result<std::optional<GitRepository>> known_repository() {
    Result<std::optional<GitRepository>> opened = source_.repository();
    if (!opened || !*opened || !source_.remote()) return opened;
    const auto heads = heads_of(**opened, branch_);
    if (!heads || !heads->empty()) return opened;
    const auto fetched = source_.fetch(**opened);
    if (limits_.stop.stop_requested()) return failure(stopped());
    if (!fetched) return failure(fetched.error());
    return opened;
  }

  /// Answers warnings.
  Result<Diagnostics> push_on() {
    if (!source_.remote()) return Diagnostics();
    const auto opened = GitRepository::open(path_);
    if (!opened) return failure(opened.error());
    if (!*opened) return Diagnostics();
    const GitRepository& git = **opened;
    const auto unpushed = source_.unpushed(git);
    if (!unpushed) return failure(unpushed.error());
    if (*unpushed == 0) return Diagnostics();
    const auto heads = heads_of(git, branch_);
    if (!heads) return failure(heads.error());
    const auto newest = read_heads(git, *heads);
    if (!newest) return failure(newest.error());
    const Entry both{.after = {},
                     .snapshot = *newest,
                     .rebased = [](const Snapshot& joined) { return joined; },
                     .subject = "join what was recorded apart"};
    GitAppender appender(git, branch_, both, clock_);
    const auto resumed = appender.resume();
    if (!resumed) return failure(explained(git, resumed.error()));
    return appender.publish(*source_.remote(), writing()).diagnostics;
  }

  Patience writing() const {
    return {
        .deadline = std::chrono::steady_clock::now() + limits_.budget, .stop = limits_.stop, .grace = limits_.grace};
  }

  /// Told of so many snapshots that the remote lacks.
  Diagnostics here_only(std::size_t unpushed) const {
    if (unpushed == 0) return {};
    const std::string remote = source_.remote()->shown();
    return {{.code = Code::state_remote_failed,
             .severity = Severity::warning,
             .where = fmt::format("state remote {}", remote),
             .summary = "the remote of the state repository lacks snapshots",
             .cause = fmt::format("snapshots that are recorded in {} only: {}", path_.string(), unpushed),
             .hint = fmt::format("the next apply pushes them; or: git -C {} push {} {}", path_.string(), remote,
                                 branch_.name)}};
  }

  Diagnostic stopped() const {
    return {.code = Code::cancelled,
            .where = fmt::format("state repository {}", path_.string()),
            .summary = "stopped, nothing was changed",
            .cause = source_.remote() ? fmt::format("a signal came while it, or its remote {}, was waited for",
                                                    source_.remote()->shown())
                                      : "a signal came while mesh waited for it",
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

  Result<std::vector<CommitInfo>> line(const GitRepository& git) const {
    const Result<std::vector<std::string>> heads = heads_of(git, branch_);
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
  Clock& clock_;
  RemoteLimits limits_;
  GitSource source_;
};

}  // namespace

std::unique_ptr<SnapshotStore> make_git_store(const fs::path& repo, const std::string& mesh_name,
                                              const std::optional<std::string>& remote, Clock& clock,
                                              RemoteLimits limits) {
  return std::make_unique<GitStore>(repo, mesh_name, remote, clock, std::move(limits));
}

}  // namespace mesh
