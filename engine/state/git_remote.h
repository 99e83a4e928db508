#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/state/git_repository.h"

namespace mesh {

enum class Pushed { done, moved };

/// The other end: a path, `file://`, ssh (`ssh://`, `user@host:path`) or https. Every method's errors:
/// state_remote_failed, without the URL's password.
class GitRemote {
 public:
  explicit GitRemote(std::string url) : url_(std::move(url)) {}

  /// Brings the branch's commits here and moves `tracking` to the branch's tip. Nothing: the branch is not there.
  Result<std::optional<std::string>> fetch(const GitRepository& into, const std::string& branch,
                                           const std::string& tracking) const;

  /// Sends `commit` and moves the branch there from `expected`. `moved`: it does not stand there any more, or the other
  /// end did not take it; fetch and look.
  Result<Pushed> push(const GitRepository& from, const std::string& commit, const std::string& branch,
                      const std::optional<std::string>& expected) const;

  /// The URL as it may be shown.
  std::string shown() const;

 private:
  Diagnostic failed(std::string cause, std::string hint = {}) const;
  Diagnostic failed_by(int error) const;
  /// Has libgit2 trust the authorities that the environment names.
  Result<void> trust() const;
  Result<Pushed> push_to_path(const GitRepository& from, const std::string& commit, const std::string& branch,
                              const std::optional<std::string>& expected) const;
  Result<std::string> send(const GitRepository& from, const std::string& commit, const std::string& reference) const;

  std::string url_;
};

/// The folder that a URL means, when it means one: a path or `file://`.
std::optional<std::string> local_path(const std::string& url);

}  // namespace mesh
