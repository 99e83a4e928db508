#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "engine/state/git_repository.h"

namespace mesh {

enum class Pushed { done, moved };

/// One talk with the other end. It lasts as long as that end likes, for libgit2 knows no deadline; so it has a handle
/// of its own on the repository and can be left alone, `cut` asked to stop: then it ends where libgit2 next calls back,
/// and moves nothing after it. Every method's errors: state_remote_failed, without the URL's password.
class GitTransfer {
 public:
  GitTransfer(std::string url, std::filesystem::path repository, std::stop_token cut)
      : url_(std::move(url)), repository_(std::move(repository)), cut_(std::move(cut)) {}

  /// As GitRemote says.
  Result<std::optional<std::string>> fetch(const std::string& branch, const std::string& tracking) const;
  Result<Pushed> push(const std::string& commit, const std::string& branch,
                      const std::optional<std::string>& expected) const;

 private:
  Diagnostic failed(std::string cause, std::string hint = {}) const;
  Diagnostic failed_by(int error) const;
  tl::unexpected<Diagnostics> cut_off() const;
  /// Has libgit2 trust the authorities that the environment names.
  Result<void> trust() const;
  Result<std::optional<std::string>> fetch_into(const GitRepository& into, const std::string& branch,
                                                const std::string& tracking) const;
  Result<Pushed> push_to_path(const GitRepository& from, const std::string& commit, const std::string& branch,
                              const std::optional<std::string>& expected) const;
  Result<std::string> send(const GitRepository& from, const std::string& commit, const std::string& reference) const;

  std::string url_;
  std::filesystem::path repository_;
  std::stop_token cut_;
};

/// The folder that a URL means, when it means one: a path or `file://`.
std::optional<std::string> local_path(const std::string& url);

/// What a push of the commit starts from.
std::string pending_reference(const std::string& commit);

}  // namespace mesh
