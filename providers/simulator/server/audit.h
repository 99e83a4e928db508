#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "providers/simulator/server/site.h"

namespace mesh::simulator {

/// Who asks, as far as the request itself says: the subject of its token, not verified. Empty: nobody, or not known.
std::string claimed_user(const ApiRequest& request, const std::string& admin_token);

/// One event as the API server's audit log has it (audit.k8s.io/v1, level Metadata), with `simulator.bytes` in the
/// annotations: the answer's body as sent. One line, with its end.
std::string audit_line(const Arrival& arrival, const std::string& user, int status, std::size_t bytes,
                       Site::Stage stage, std::chrono::system_clock::time_point now);

/// One file per cluster: FOLDER/NAME.audit.log. Thread-safe; each line is in the file when `write` returns.
class AuditLog {
 public:
  /// Empty: writes nothing.
  explicit AuditLog(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  void write(const std::string& cluster, const std::string& line);

 private:
  int file_of(const std::string& cluster);

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, int> files_;
};

}  // namespace mesh::simulator
