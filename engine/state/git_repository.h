#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/state/git_write_check.h"

struct git_repository;

namespace mesh {

/// Commits are named by 40 hex digits, references by their full name.
struct CommitInfo {
  std::string id;
  std::string author;
  std::chrono::system_clock::time_point time;
  std::string message;
};

/// A git repository as far as snapshots need it. Touches neither work tree nor index nor HEAD of one that was there
/// before. Every method's errors: state_unusable, unless said otherwise.
class GitRepository {
 public:
  /// Nothing when the folder is missing or empty. Does not look in the folders above.
  static Result<std::optional<GitRepository>> open(const std::filesystem::path& path);
  /// Makes a bare repository, with the folders above, whose HEAD is `head`, where there is none.
  static Result<GitRepository> open_or_create(const std::filesystem::path& path, const std::string& head);

  /// Commit that the reference stands at.
  Result<std::optional<std::string>> tip(const std::string& reference) const;
  /// Writes files as a tree; what is there already is not written again. Answers its id.
  Result<std::string> write_tree(const std::map<std::string, std::string>& files) const;
  /// Writes a commit and moves no reference. The author is the configured user, else `mesh <mesh@HOST>`.
  Result<std::string> write_commit(const std::string& tree, const std::vector<std::string>& parents,
                                   const std::string& message, std::chrono::system_clock::time_point when) const;
  /// Moves a reference from `from` (nothing: it is not there yet) to `to`. False: it stands elsewhere or somebody else
  /// is moving it just now.
  Result<bool> move(const std::string& reference, const std::optional<std::string>& from, const std::string& to) const;
  void drop(const std::string& reference) const;
  /// Whether the reference could be moved now. False: somebody else is moving it, or left `lock_of` it behind.
  Result<bool> lockable(const std::string& reference) const;
  std::filesystem::path lock_of(const std::string& reference) const;
  /// What keeps objects, or the reference and its log, from being written.
  std::optional<Obstacle> obstacle(const std::string& reference) const;

  /// Whether `ancestor` is `commit` or comes before it.
  Result<bool> contains(const std::string& commit, const std::string& ancestor) const;
  /// How many commits up to `commit` the line of `other` lacks.
  Result<std::size_t> ahead(const std::string& commit, const std::optional<std::string>& other) const;
  /// Where the lines of two commits parted; nothing when they never met.
  Result<std::optional<std::string>> common_ancestor(const std::string& one, const std::string& other) const;
  /// What can be reached from the tips: children before parents, newest first.
  Result<std::vector<CommitInfo>> log(const std::vector<std::string>& tips) const;
  /// Names of the folders in one folder of a commit (no slash at its end); none when it is not there.
  Result<std::vector<std::string>> folders(const std::string& commit, const std::string& folder) const;
  /// One file of a commit; nothing when it is not there.
  Result<std::optional<std::string>> file(const std::string& commit, const std::string& path) const;
  /// All files of a commit, by path.
  Result<std::map<std::string, std::string>> files(const std::string& commit) const;
  /// What a commit changed against its first parent, as a unified diff of the paths that the globs cover; empty where
  /// it has no parent.
  Result<std::string> changes(const std::string& commit, const std::vector<std::string>& globs) const;
  /// The commit that a git revision names; nothing when it names none.
  std::optional<std::string> parse(const std::string& revision) const;

  const std::filesystem::path& path() const { return path_; }
  git_repository* raw() const { return raw_.get(); }

 private:
  struct Free {
    void operator()(git_repository* repository) const;
  };
  GitRepository(git_repository* raw, std::filesystem::path path) : raw_(raw), path_(std::move(path)) {}
  tl::unexpected<Diagnostics> unusable() const;

  std::unique_ptr<git_repository, Free> raw_;
  std::filesystem::path path_;
};

}  // namespace mesh
