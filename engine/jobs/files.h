#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace mesh {

struct ReadLimits {
  std::size_t bytes = std::size_t{256} << 20U;
  /// How long what is not a regular file (a pipe, as `<(...)` is, or a terminal) may take to its end.
  std::chrono::milliseconds patience{10'000};
  std::stop_token stop = {};
};

/// The whole file; of a pipe all until its writers have closed it. Errors: file_not_readable, cancelled.
Result<std::string> read_file(const std::filesystem::path& path, const ReadLimits& limits = {});

/// All of the bytes to a descriptor. False: errno tells why not.
bool write_all(int file, std::string_view bytes);

/// Writes beside the file and renames, so that a stop half-way leaves the old file whole; readable by the owner alone.
/// Follows links; what is no file (a pipe) is written to, and a descriptor of this process (/dev/stdout, /dev/fd/3)
/// where it stands, whatever is behind it. Errors: file_not_writable.
Result<void> write_file(const std::filesystem::path& path, const std::string& bytes);

/// The same for a file that must not be there yet; one that is there stays as it is, whoever creates it first. Errors:
/// file_not_writable.
Result<void> create_file(const std::filesystem::path& path, const std::string& bytes);

}  // namespace mesh
