#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace mesh {

/// The whole file. Errors: file_not_readable.
Result<std::string> read_file(const std::filesystem::path& path);

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
