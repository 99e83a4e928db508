#include "engine/state/git_remote.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/state/git_error.h"

namespace mesh {
namespace {

using Steady = std::chrono::steady_clock;

Diagnostic no_answer(const std::string& url, Ended ended, Steady::duration waited) {
  const auto seconds = std::max<long>(1, std::chrono::round<std::chrono::seconds>(waited).count());
  return remote_failed(
      url,
      ended == Ended::stopped ? fmt::format("stopped after {} s, it was not through yet", seconds)
                              : fmt::format("it did not finish within {} s", seconds),
      fmt::format("see whether `git ls-remote {}` answers at once: if it hangs as well, the server, or "
                  "a proxy or firewall before it, takes connections and is silent",
                  without_url_credentials(url)));
}

}  // namespace

std::string GitRemote::shown() const { return without_url_credentials(url_); }

template <class Answer, class Say>
Result<Answer> GitRemote::transfer(const GitRepository& ours, const Patience& patience, Say say) const {
  const auto begin = Steady::now();
  Ended ended = Ended::done;
  auto answer = answer_within<Result<Answer>>(
      patience, ended, [url = url_, path = ours.path(), say = std::move(say)](const std::stop_token& cut) {
        // Of its own: the talk may outlive the store.
        const GitLibrary library;
        return say(GitTransfer(url, path, cut));
      });
  if (!answer) return failure(no_answer(url_, ended, Steady::now() - begin));
  return std::move(*answer);
}

Result<std::optional<std::string>> GitRemote::fetch(const GitRepository& into, const std::string& branch,
                                                    const std::string& tracking, const Patience& patience) const {
  return transfer<std::optional<std::string>>(
      into, patience, [branch, tracking](const GitTransfer& transfer) { return transfer.fetch(branch, tracking); });
}

Result<Pushed> GitRemote::push(const GitRepository& from, const std::string& commit, const std::string& branch,
                               const std::optional<std::string>& expected, const Patience& patience) const {
  auto pushed = transfer<Pushed>(from, patience, [commit, branch, expected](const GitTransfer& transfer) {
    return transfer.push(commit, branch, expected);
  });
  // A push that was left alone does not tidy up.
  from.drop(pending_reference(commit));
  return pushed;
}

}  // namespace mesh
