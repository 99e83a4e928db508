#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/jobs/process.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

/// What an exec plugin handed out.
struct ExecCredential {
  std::string token = {};
  std::string client_certificate_pem = {};
  std::string client_key_pem = {};
  /// Nothing: good until the server refuses it.
  std::optional<std::chrono::system_clock::time_point> expires = std::nullopt;

  bool operator==(const ExecCredential&) const = default;
};

/// The environment variable KUBERNETES_EXEC_INFO: an ExecCredential that tells the plugin what is asked. The cluster is
/// told only when the kubeconfig says `provideClusterInfo`.
nlohmann::json exec_info(const Access& access, bool interactive);

/// Reads a plugin's stdout. Errors: exec_plugin_failed.
Result<ExecCredential> parse_exec_credential(const std::string& out, const std::string& api_version,
                                             const std::string& command);

/// Runs the plugin of `access.exec`, which must be there. `terminal`: whether the user can be asked. Errors:
/// exec_plugin_failed (with its stderr, scrubbed, or its install hint), timed_out, cancelled.
Result<ExecCredential> run_exec_plugin(const Access& access, const Environment& environment, bool terminal,
                                       std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace mesh::kubernetes
