#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "providers/kubernetes/kubeconfig.h"

namespace mesh::kubernetes {

/// Names and values of environment variables.
using Environment = std::map<std::string, std::string>;

/// Content of a file. Errors: file_not_readable.
using ReadFile = std::function<Result<std::string>(const std::filesystem::path&)>;

/// How to reach one API server, as whom: a context of a kubeconfig with all its files read (but the token file, which
/// is read again and again). Static credentials win over `exec`, and the token file wins over the token, which serves
/// while the file cannot be read. Source: client-go transport/round_trippers.go, plugin/pkg/client/auth/exec/exec.go.
struct Access {
  /// `https://host[:port][/path]`, no slash at the end.
  std::string server = {};
  std::string ca_pem = {};
  bool insecure = false;
  bool compression = true;
  std::string tls_server_name = {};
  std::string proxy_url = {};
  std::string client_certificate_pem = {};
  std::string client_key_pem = {};
  std::string token = {};
  std::string token_file = {};
  std::string username = {};
  std::string password = {};
  std::optional<ExecConfig> exec = std::nullopt;
  nlohmann::json exec_extension = nullptr;
  std::string impersonate_user = {};
  std::string impersonate_uid = {};
  std::vector<std::string> impersonate_groups = {};
  std::vector<std::pair<std::string, std::string>> impersonate_extra = {};

  bool operator==(const Access&) const = default;
};

/// Takes one context (empty: the current one) out of a kubeconfig, checks what belongs to it and reads the files that
/// it names. All problems at once; warnings go to `warnings`. Errors: unknown_context, kubeconfig_invalid,
/// legacy_auth_provider, file_not_readable, credential_invalid, insecure_tls (credentials over plain HTTP).
Result<Access> resolve_context(const Kubeconfig& config, const std::string& context, const ReadFile& read,
                               Diagnostics& warnings);

/// Reads and merges kubeconfig files as kubectl does: those named must exist; without any, those of `$KUBECONFIG`
/// (missing ones are skipped), else `~/.kube/config`. Errors: those of parse_kubeconfig, file_not_readable.
Result<Kubeconfig> load_kubeconfigs(const std::vector<std::filesystem::path>& named, const Environment& environment,
                                    const ReadFile& read);

/// Reads from the disk, at most 8 MiB.
Result<std::string> read_whole_file(const std::filesystem::path& path);

}  // namespace mesh::kubernetes
