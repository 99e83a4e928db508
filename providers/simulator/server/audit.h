#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "providers/simulator/server/request_handler.h"

namespace mesh::simulator {

/// Who asks, as far as the request itself says: the subject of its token, not verified. Empty: nobody, or not known.
std::string claimed_user(const ApiRequest& request, const std::string& admin_token);

/// One event as the API server's audit log has it (audit.k8s.io/v1, level Metadata), with `simulator.bytes` in the
/// annotations: the answer's body as sent. One line, with its end.
std::string audit_line(const IncomingRequest& incoming, const std::string& user, int status, std::size_t bytes,
                       RequestHandler::Progress stage, std::chrono::system_clock::time_point now);

/// One file per cluster: FOLDER/NAME.audit.log, and what was in it before it grew too long in NAME.audit.log.1, as
/// kube-apiserver's own log backend keeps them. Thread-safe; each line is in the file when `write` returns.
class AuditLog {
 public:
  /// Empty folder: writes nothing. `limit`: bytes of a file before the next one begins; by default what
  /// kube-apiserver takes where --audit-log-maxsize is not set.
  explicit AuditLog(std::filesystem::path folder, std::size_t limit = std::size_t{100} << 20U)
      : folder_(std::move(folder)), limit_(limit) {}
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  void write(const std::string& cluster, const std::string& line);

 private:
  struct File {
    int descriptor = -1;
    std::size_t bytes = 0;
  };

  File open(const std::string& cluster) const;
  File& file_of(const std::string& cluster);

  const std::filesystem::path folder_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::map<std::string, File> files_;
};

}  // namespace mesh::simulator
