#pragma once

#include <filesystem>
#include <string>

#include "engine/base/diagnostic.h"

// What keeps a state repository from being written to, and what to do about it.
namespace mesh {

/// Why no file of some size can be made in the folder, as errno; 0: it can. Leaves nothing behind.
int why_unwritable(const std::filesystem::path& folder);

/// state_unusable with the hint that fits the errno of what failed.
Diagnostic state_unwritable(const std::filesystem::path& repository, const std::string& cause, int error);

/// state_unusable for a lock that stays.
Diagnostic state_locked(const std::filesystem::path& repository, const std::filesystem::path& lock);

}  // namespace mesh
