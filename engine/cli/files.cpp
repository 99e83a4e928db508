#include "engine/cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mesh::cli {
namespace {

tl::unexpected<Diagnostics> file_problem(Code code, const std::filesystem::path& path, const char* summary, int error,
                                         std::string hint) {
  return failure(Diagnostic{.code = code,
                            .at = Position{.file = path.string()},
                            .summary = summary,
                            .cause = std::strerror(error),
                            .hint = std::move(hint)});
}

bool write_all(int file, const std::string& bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t step = ::write(file, bytes.data() + written, bytes.size() - written);
    if (step < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    written += static_cast<std::size_t>(step);
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  // Reading a folder opens well and fails at the first byte, so the stream is asked after the read.
  if (file) bytes << file.rdbuf();
  if (!file || (errno != 0 && bytes.str().empty())) {
    return file_problem(Code::file_not_readable, path, "file cannot be read", errno == 0 ? EIO : errno,
                        "name another file with -f, or check its path and rights");
  }
  return bytes.str();
}

Result<void> write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::string beside = path.string() + ".XXXXXX";
  const int file = ::mkstemp(beside.data());
  int error = errno;
  bool written = false;
  if (file >= 0) {
    written = write_all(file, bytes) && ::fsync(file) == 0;
    error = errno;
    if (::close(file) != 0) written = false;
    if (written && ::rename(beside.c_str(), path.c_str()) == 0) return {};
    if (written) error = errno;
    ::unlink(beside.c_str());
  }
  return file_problem(Code::file_not_writable, path, "file cannot be written", error,
                      "check that its folder exists and may be written to");
}

}  // namespace mesh::cli
