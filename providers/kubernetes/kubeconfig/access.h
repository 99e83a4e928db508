#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/kubernetes/kubeconfig/kubeconfig.h"

namespace mesh::kubernetes {

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

}  // namespace mesh::kubernetes
