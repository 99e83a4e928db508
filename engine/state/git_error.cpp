#include "engine/state/git_error.h"

#include <fmt/format.h>
#include <git2.h>

namespace mesh {

GitLibrary::GitLibrary() { git_libgit2_init(); }
GitLibrary::~GitLibrary() { git_libgit2_shutdown(); }

std::string without_url_credentials(std::string text) {
  constexpr std::string_view mark = "://";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    const std::size_t end = std::min(text.find_first_of("/ \t\n'\"", at), text.size());
    const std::size_t sign = text.rfind('@', end);
    if (sign == std::string::npos || sign < at || sign >= end) continue;
    // An ssh user is part of the address and no secret; in https it may be a token.
    const bool ssh = at >= 6 && text.compare(at - 6, 6, "ssh://") == 0;
    const std::size_t colon = std::min(text.find(':', at), sign);
    const std::size_t from = ssh && colon > at ? colon : at;
    text.erase(from, from == at ? sign + 1 - at : sign - from);
  }
  return text;
}

std::string last_git_error() {
  const git_error* error = git_error_last();
  if (error == nullptr || error->message == nullptr) return "git gave no reason";
  return without_url_credentials(error->message);
}

Diagnostic remote_failed(const std::string& url, std::string cause, std::string hint) {
  const std::string shown = without_url_credentials(url);
  return {.code = Code::state_remote_failed,
          .where = fmt::format("state remote {}", shown),
          .summary = "the remote of the state repository cannot be used",
          .cause = std::move(cause),
          .hint = hint.empty() ? fmt::format("try `git ls-remote {}`", shown) : std::move(hint)};
}

Diagnostic state_unusable(const std::filesystem::path& path, std::string cause) {
  return {.code = Code::state_unusable,
          .where = fmt::format("state repository {}", path.string()),
          .summary = "the state repository cannot be used",
          .cause = std::move(cause),
          .hint = fmt::format("look at it with `git -C {0} fsck`; or move {0} away: mesh makes a new one, and only the "
                              "history is lost",
                              path.string())};
}

}  // namespace mesh
