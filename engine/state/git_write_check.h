#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/diagnostic.h"

// What keeps a state repository from being written to, and what to do about it.
namespace mesh {

/// Why no file of some size can be made in the folder, as errno; 0: it can. Leaves nothing behind.
int why_unwritable(const std::filesystem::path& folder);

/// A file or folder that is in the way, and the errno of it.
struct Obstacle {
  std::filesystem::path where;
  int error = 0;
};

std::string to_string(const Obstacle& obstacle);

/// What keeps objects, or references, from being written into a repository, `git` its own folder. Of objects each goes
/// into the folder of its first byte, which may be another user's.
std::optional<Obstacle> objects_obstacle(const std::filesystem::path& git);
std::optional<Obstacle> references_obstacle(const std::filesystem::path& git);

/// What keeps the reference's log from being written; its folders are made when missing.
std::optional<Obstacle> log_obstacle(const std::filesystem::path& git, const std::string& reference);

/// state_unusable with the hint that fits the errno of what failed.
Diagnostic state_unwritable(const std::filesystem::path& repository, const std::string& cause, int error);

/// state_unusable for a repository that git does not open, with what to do about what stands in the way. `foreign`: git
/// says that it is another user's.
Diagnostic state_unopened(const std::filesystem::path& repository, const std::string& cause, bool foreign);

/// state_unusable for a lock that stays.
Diagnostic state_locked(const std::filesystem::path& repository, const std::filesystem::path& lock);

}  // namespace mesh
