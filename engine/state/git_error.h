#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"

namespace mesh {

/// libgit2 is ready as long as one of these lives.
class GitLibrary {
 public:
  GitLibrary();
  GitLibrary(const GitLibrary&) = delete;
  GitLibrary& operator=(const GitLibrary&) = delete;
  ~GitLibrary();
};

/// What libgit2 said last on this thread, without the credentials of URLs.
std::string last_git_error();

/// The text with `user:password@` cut out of every URL in it; of an ssh URL the user stays.
std::string without_url_credentials(std::string text);

/// state_remote_failed for the remote, without the URL's password.
Diagnostic remote_failed(const std::string& url, std::string cause, std::string hint = {});

/// state_unusable for the repository at `path`.
Diagnostic state_unusable(const std::filesystem::path& path, std::string cause);

}  // namespace mesh
