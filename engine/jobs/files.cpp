#include "engine/jobs/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace mesh {
namespace {

tl::unexpected<Diagnostics> file_problem(Code code, const std::filesystem::path& path, const char* summary, int error,
                                         std::string hint) {
  return failure(Diagnostic{.code = code,
                            .at = Position{.file = path.string()},
                            .summary = summary,
                            .cause = std::strerror(error),
                            .hint = std::move(hint)});
}

/// The descriptor of this process that the path leads to, as /dev/stdout, /dev/fd/3 and links to them do. Opened or
/// replaced by that name, the file behind a redirection would lose what is in it.
std::optional<int> own_descriptor(std::filesystem::path path) {
  constexpr int most_links = 40;
  std::error_code error;
  const auto descriptors = std::filesystem::canonical("/proc/self/fd", error);
  for (int links = 0; links < most_links && !error; ++links) {
    const auto folder = std::filesystem::canonical(std::filesystem::absolute(path, error).parent_path(), error);
    if (error) break;
    if (folder == descriptors) {
      const std::string name = path.filename().string();
      int number = 0;
      const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
      if (wrong == std::errc() && end == name.data() + name.size()) return number;
      break;
    }
    // What is no link has an error here.
    path = folder / std::filesystem::read_symlink(path, error);
  }
  return std::nullopt;
}

/// A device, a pipe or a socket stays what it is, and a link that leads nowhere gets the file that it names.
bool is_written_in_place(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto there = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(there)) return !std::filesystem::is_regular_file(there);
  return std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored));
}

/// The error of the step that failed, 0: none.
int write_in_place(const std::filesystem::path& path, const std::string& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return errno;
  int error = write_all(file, bytes) ? 0 : errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

enum class Existing { replaced, kept };

/// The same; a process that is killed leaves the old file or the new one. One that is to be kept is EEXIST.
int put_in_place(const std::filesystem::path& path, const std::string& bytes, Existing existing) {
  std::string beside = path.string() + ".XXXXXX";
  const int file = ::mkstemp(beside.data());
  if (file < 0) return errno;
  int error = write_all(file, bytes) && ::fsync(file) == 0 ? 0 : errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error == 0 && existing == Existing::replaced) {
    if (::rename(beside.c_str(), path.c_str()) == 0) return 0;
    error = errno;
  } else if (error == 0 && ::link(beside.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  ::unlink(beside.c_str());
  return error;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  const int number_;
};

tl::unexpected<Diagnostics> not_readable(const std::filesystem::path& path, const std::string& cause) {
  return failure(Diagnostic{.code = Code::file_not_readable,
                            .at = Position{.file = path.string()},
                            .summary = "file cannot be read",
                            .cause = cause,
                            .hint = "name another file with -f, or check its path and rights"});
}

/// Until the descriptor has bytes or has ended; false: the time is over, or a stop came.
bool wait_readable(int file, std::chrono::steady_clock::time_point deadline, const std::stop_token& stop) {
  const Descriptor wake(::eventfd(0, EFD_CLOEXEC));
  const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.get(), 1); });
  while (!stop.stop_requested()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> waits{pollfd{file, POLLIN, 0}, pollfd{wake.get(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) return false;
    if (waits[0].revents != 0) return true;
  }
  return false;
}

Result<std::string> read_to_end(const std::filesystem::path& path, int file, bool regular, const ReadLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.patience;
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (;;) {
    if (!regular && !wait_readable(file, deadline, limits.stop)) {
      if (limits.stop.stop_requested()) {
        return failure(Diagnostic{.code = Code::cancelled,
                                  .at = Position{.file = path.string()},
                                  .summary = "stopped",
                                  .cause = "a signal came while the file was read"});
      }
      return not_readable(path, fmt::format("it is not a regular file, and did not end within {} s",
                                            std::chrono::ceil<std::chrono::seconds>(limits.patience).count()));
    }
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got == 0) return bytes;
    if (got < 0 && errno != EINTR && errno != EAGAIN) return not_readable(path, std::strerror(errno));
    if (got > 0) bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > limits.bytes) {
      return not_readable(path, fmt::format("it has more than {} bytes", limits.bytes));
    }
  }
}

}  // namespace

bool write_all(int file, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t step = ::write(file, bytes.data() + written, bytes.size() - written);
    if (step < 0) {
      if (errno == EINTR) continue;
      // A descriptor that others share may have been told not to wait.
      pollfd room{.fd = file, .events = POLLOUT, .revents = 0};
      if (errno == EAGAIN && (::poll(&room, 1, -1) > 0 || errno == EINTR)) continue;
      return false;
    }
    written += static_cast<std::size_t>(step);
  }
  return true;
}

Result<std::string> read_file(const std::filesystem::path& path, const ReadLimits& limits) {
  // Without O_NONBLOCK a named pipe would wait here for who writes to it.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0) return not_readable(path, std::strerror(errno));
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return not_readable(path, std::strerror(errno));
  if (S_ISDIR(found.st_mode)) return not_readable(path, std::strerror(EISDIR));
  return read_to_end(path, file.get(), S_ISREG(found.st_mode), limits);
}

Result<void> write_file(const std::filesystem::path& path, const std::string& bytes) {
  int error = 0;
  if (const auto descriptor = own_descriptor(path)) {
    error = write_all(*descriptor, bytes) ? 0 : errno;
  } else if (is_written_in_place(path)) {
    error = write_in_place(path, bytes);
  } else {
    std::error_code none;
    const std::filesystem::path meant = std::filesystem::canonical(path, none);
    error = put_in_place(none ? path : meant, bytes, Existing::replaced);
  }
  if (error == 0) return {};
  return file_problem(Code::file_not_writable, path, "file cannot be written", error,
                      "check that its folder exists and may be written to");
}

Result<void> create_file(const std::filesystem::path& path, const std::string& bytes) {
  const int error = put_in_place(path, bytes, Existing::kept);
  if (error == 0) return {};
  return file_problem(
      Code::file_not_writable, path, "file cannot be written", error,
      error == EEXIST ? "name another file, or remove this one" : "check that its folder exists and may be written to");
}

}  // namespace mesh
