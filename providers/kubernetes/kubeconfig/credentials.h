#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/port/clock.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/exec_plugin.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

/// Who a request comes from: header lines, and for TLS a certificate with its key.
struct Identity {
  std::vector<std::string> headers = {};
  std::string client_certificate_pem = {};
  std::string client_key_pem = {};
  /// Which issue of the credentials this is; told to `refused`.
  std::uint64_t generation = 0;

  bool operator==(const Identity&) const = default;
};

/// The header lines that impersonate, as client-go writes them (extra keys percent-encoded).
std::vector<std::string> impersonation_headers(const Access& access);

/// The credentials of one user of one cluster, kept fresh: the token file is read again after a minute, the exec plugin
/// run again when its credential has expired; both also after the server refused what they gave. Thread-safe: however
/// many ask at once, the plugin runs once.
class Credentials {
 public:
  Credentials(std::shared_ptr<const Access> access, std::shared_ptr<const Environment> environment, bool terminal,
              ReadFile read, Clock& clock);

  /// Errors: those of run_exec_plugin, file_not_readable, credential_invalid.
  Result<Identity> get(TimePoint deadline, const std::stop_token& stop);

  /// The server answered 401 to that issue. Returns whether asking again can give another one.
  bool refused(std::uint64_t generation);

 private:
  Result<Identity> from_token_file();
  Result<Identity> from_plugin(TimePoint deadline, const std::stop_token& stop);
  std::optional<Identity> cached_from_plugin() const;
  Identity with_token(const std::string& token) const;

  const std::shared_ptr<const Access> access_;
  const std::shared_ptr<const Environment> environment_;
  const bool terminal_;
  const ReadFile read_;
  Clock& clock_;

  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::uint64_t generation_ = 0;
  // Token file.
  std::string file_token_;
  std::optional<TimePoint> file_read_;
  // Plugin. `running_` is set while some caller runs it without the lock; the others wait for `ended_`.
  bool running_ = false;
  std::uint64_t runs_ = 0;
  std::optional<ExecCredential> plugin_;
  Diagnostics plugin_failure_;
};

}  // namespace mesh::kubernetes
