#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/jobs/within.h"
#include "engine/state/git_repository.h"
#include "engine/state/git_transfer.h"

namespace mesh {

/// The other end: a path, `file://`, ssh (`ssh://`, `user@host:path`) or https. Whatever it does, no call waits longer
/// than `patience` for it. Every method's errors: state_remote_failed, without the URL's password.
class GitRemote {
 public:
  explicit GitRemote(std::string url) : url_(std::move(url)) {}

  /// Brings the branch's commits here and moves `tracking` to the branch's tip. Nothing: the branch is not there.
  Result<std::optional<std::string>> fetch(const GitRepository& into, const std::string& branch,
                                           const std::string& tracking, const Patience& patience) const;

  /// Sends `commit` and moves the branch there from `expected`. `moved`: it does not stand there any more, or the other
  /// end did not take it; fetch and look.
  Result<Pushed> push(const GitRepository& from, const std::string& commit, const std::string& branch,
                      const std::optional<std::string>& expected, const Patience& patience) const;

  /// The URL as it may be shown.
  std::string shown() const;

 private:
  template <class Answer, class Say>
  Result<Answer> transfer(const GitRepository& ours, const Patience& patience, Say say) const;

  std::string url_;
};

}  // namespace mesh
