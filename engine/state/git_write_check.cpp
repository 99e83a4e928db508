#include "engine/state/git_write_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkstemp
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "engine/state/git_error.h"

namespace mesh {
namespace {

std::string hint_for(const std::filesystem::path& repository, int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return fmt::format("make room where {} is: `df -h` and `df -i` show what is used up", repository.string());
    case EACCES:
    case EPERM:
    case EROFS:
      return fmt::format(
          "get yourself the rights to write to {} and all in it, or let `state.repo` name another folder",
          repository.string());
    case ENOTDIR:
    case EEXIST:
      return "a file is where a folder must be: let `state.repo` name another folder";
    case ENOENT:
    case ELOOP:
    case ENAMETOOLONG:
      return "no folder can be made there: let `state.repo` name another one";
    default:
      return {};
  }
}

/// Why we may not write to what is there; in a folder, make files. 0: we may, or nothing is there.
int why_forbidden(const std::filesystem::path& there) {
  std::error_code ignored;
  const int desired = std::filesystem::is_directory(there, ignored) ? W_OK | X_OK : W_OK;
  if (faccessat(AT_FDCWD, there.c_str(), desired, AT_EACCESS) == 0 || errno == ENOENT) return 0;
  return errno;
}

/// Other errors than a missing right are told by whoever meets them.
bool may_enter(const std::filesystem::path& folder) {
  return faccessat(AT_FDCWD, folder.c_str(), R_OK | X_OK, AT_EACCESS) == 0 || errno != EACCES;
}

std::optional<Obstacle> folder_obstacle(std::filesystem::path folder) {
  const int error = why_unwritable(folder);
  if (error == 0) return std::nullopt;
  return Obstacle{.where = std::move(folder), .error = error};
}

}  // namespace

int why_unwritable(const std::filesystem::path& folder) {
  // As large as the snapshot of a large mesh, for a disk that is nearly full; no zeros, which some disks do not store.
  const std::vector<char> bytes(std::size_t{1} << 20U, 'm');
  std::string name = (folder / "mesh-probe-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) return errno;
  unlink(name.c_str());
  int error = 0;
  for (std::size_t at = 0; at < bytes.size() && error == 0;) {
    const ssize_t written = write(file, bytes.data() + at, bytes.size() - at);
    if (written > 0) {
      at += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  // Some file systems tell only here.
  if (close(file) != 0 && error == 0) error = errno;
  return error;
}

std::string to_string(const Obstacle& obstacle) {
  return fmt::format("{}: {}", obstacle.where.string(), std::generic_category().message(obstacle.error));
}

std::optional<Obstacle> objects_obstacle(const std::filesystem::path& git) {
  if (auto found = folder_obstacle(git / "objects")) return found;
  for (int byte = 0; byte < 0x100; ++byte) {
    std::filesystem::path folder = git / "objects" / fmt::format("{:02x}", byte);
    if (const int error = why_forbidden(folder); error != 0) return Obstacle{std::move(folder), error};
  }
  return std::nullopt;
}

std::optional<Obstacle> references_obstacle(const std::filesystem::path& git) { return folder_obstacle(git / "refs"); }

std::optional<Obstacle> log_obstacle(const std::filesystem::path& git, const std::string& reference) {
  std::error_code ignored;
  std::filesystem::path at = git / "logs" / reference;
  while (at != git && !std::filesystem::exists(at, ignored)) at = at.parent_path();
  const int error = why_forbidden(at);
  if (error == 0) return std::nullopt;
  return Obstacle{.where = std::move(at), .error = error};
}

Diagnostic state_unwritable(const std::filesystem::path& repository, const std::string& cause, int error) {
  Diagnostic found = state_unusable(repository, cause);
  if (std::string hint = hint_for(repository, error); !hint.empty()) found.hint = std::move(hint);
  return found;
}

Diagnostic state_unopened(const std::filesystem::path& repository, const std::string& cause, bool foreign) {
  std::error_code ignored;
  if (foreign) {
    // As git compares it.
    const auto place = std::filesystem::canonical(repository, ignored);
    Diagnostic found =
        state_unusable(repository, "it belongs to another user, whose git configuration could run programs");
    found.hint =
        fmt::format("run mesh as its owner; or, if you trust that user: git config --global --add safe.directory {}",
                    place.string());
    return found;
  }
  const auto there = std::filesystem::status(repository, ignored);
  if (std::filesystem::exists(there) && !std::filesystem::is_directory(there)) {
    return state_unwritable(repository, "it is not a folder", ENOTDIR);
  }
  if (!may_enter(repository)) return state_unwritable(repository, cause, EACCES);
  Diagnostic found = state_unusable(repository, cause);
  // Git reads its user's configuration first.
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (home != nullptr && !may_enter(home)) {
    found.hint = fmt::format("let HOME name a folder of yours: it is {}, which you may not read", home);
  }
  return found;
}

Diagnostic state_locked(const std::filesystem::path& repository, const std::filesystem::path& lock) {
  Diagnostic found = state_unusable(repository, fmt::format("the lock {} stays", lock.string()));
  found.hint =
      fmt::format("if no other mesh or git works there, one that was killed left it behind: rm {}", lock.string());
  return found;
}

}  // namespace mesh
