#pragma once

#include <filesystem>
#include <string>

namespace mesh {

/// Whether a repository may be made there. A bare repository says so itself; anything else in the folder is somebody's
/// data.
bool missing_or_empty(const std::filesystem::path& path);

/// Empty: it is there.
struct NotCreated {
  std::string why;
  int error = 0;
};

/// Makes a bare repository at once: beside its place, then renamed, so that nobody ever sees half of one. Where another
/// process is faster, its repository stays.
NotCreated create_bare(const std::filesystem::path& path, const std::string& head);

}  // namespace mesh
