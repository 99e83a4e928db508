#include "engine/state/git_create.h"

#include <fmt/format.h>
#include <git2.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <cerrno>
#include <system_error>

#include "engine/state/git_error.h"
#include "engine/state/git_write_check.h"

namespace mesh {

namespace fs = std::filesystem;

bool missing_or_empty(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status there = fs::status(path, ignored);
  // What cannot be looked at is not known to be missing.
  return there.type() == fs::file_type::not_found || (fs::is_directory(there) && fs::is_empty(path, ignored));
}

NotCreated create_bare(const fs::path& path, const std::string& head) {
  std::error_code error;
  const fs::path place = fs::absolute(path, error).lexically_normal();
  const fs::path parent = place.has_filename() ? place.parent_path() : place.parent_path().parent_path();
  fs::create_directories(parent, error);
  std::string workshop = (parent / ".mesh-state-XXXXXX").string();
  if (!error && mkdtemp(workshop.data()) == nullptr) error = std::error_code(errno, std::generic_category());
  if (error) return {fmt::format("{} cannot be written to: {}", parent.string(), error.message()), error.value()};
  const fs::path made = fs::path(workshop) / "state.git";
  git_repository_init_options options;
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  options.initial_head = head.c_str();
  git_repository* raw = nullptr;
  NotCreated failed;
  if (git_repository_init_ext(&raw, made.c_str(), &options) == 0) {
    git_repository_free(raw);
    fs::rename(made, path, error);
    if (error) failed = {error.message(), error.value()};
  } else {
    failed.why = last_git_error();
    failed.error = why_unwritable(workshop);
  }
  fs::remove_all(workshop, error);
  return failed;
}

}  // namespace mesh
