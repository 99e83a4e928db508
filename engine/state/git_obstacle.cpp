#include "engine/state/git_obstacle.h"

#include <fmt/format.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkstemp
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "engine/state/git_error.h"

namespace mesh {
namespace {

std::string hint_for(const std::filesystem::path& repository, int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return fmt::format("make room where {} is: `df -h` and `df -i` tell what is used up", repository.string());
    case EACCES:
    case EPERM:
    case EROFS:
      return fmt::format("get yourself the rights to write to {}, or let `state.repo` name another folder",
                         repository.string());
    case ENOTDIR:
    case EEXIST:
      return "a file is where a folder must be: let `state.repo` name another folder";
    default:
      return {};
  }
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

Diagnostic state_unwritable(const std::filesystem::path& repository, const std::string& cause, int error) {
  Diagnostic found = state_unusable(repository, cause);
  if (std::string hint = hint_for(repository, error); !hint.empty()) found.hint = std::move(hint);
  return found;
}

Diagnostic state_locked(const std::filesystem::path& repository, const std::filesystem::path& lock) {
  Diagnostic found = state_unusable(repository, fmt::format("the lock {} stays", lock.string()));
  found.hint =
      fmt::format("if no other mesh or git works there, one that was killed left it behind: rm {}", lock.string());
  return found;
}

}  // namespace mesh
