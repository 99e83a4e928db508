#include "engine/workspace/open_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "engine/base/time.h"
#include "engine/jobs/files.h"
#include "engine/workspace/spdlog_log.h"

namespace mesh {
namespace {

class LogFile {
 public:
  explicit LogFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() {
    if (is_open()) ::close(descriptor_);
  }

  bool is_open() const { return descriptor_ >= 0; }
  void write(std::string_view lines) const { write_all(descriptor_, lines); }

 private:
  const int descriptor_;
};

/// `2026-11-22T09:54:00.123Z`.
std::string time_of(const Clock& clock) {
  const auto now = clock.wall();
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::string text = rfc3339(now);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, rest);
}

}  // namespace

Result<std::unique_ptr<Log>> open_log(const LogRequest& request, std::function<void(std::string_view)> lines,
                                      const Clock& clock) {
  if (!request.level) return nullptr;
  if (request.file) {
    const auto file = std::make_shared<const LogFile>(*request.file);
    if (!file->is_open()) {
      return failure(Diagnostic{.code = Code::file_not_writable,
                                .at = Position{.file = *request.file},
                                .summary = "log cannot be written",
                                .cause = std::generic_category().message(errno),
                                .hint = "name another file with --log-file"});
    }
    lines = [file](std::string_view line) { file->write(line); };
  }
  return make_spdlog_log(*request.level, request.format, std::move(lines), [&clock] { return time_of(clock); });
}

}  // namespace mesh
