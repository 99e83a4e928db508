#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "providers/kubernetes/kubeconfig/located.h"

namespace mesh::kubernetes {

/// `exec` of a user: the plugin that hands out credentials.
struct ExecConfig {
  Position at = {};
  /// Resolved against the kubeconfig's folder when it holds a slash; otherwise looked up in PATH.
  std::string command = {};
  std::vector<std::string> args = {};
  std::vector<std::pair<std::string, std::string>> env = {};
  Located api_version = {};
  Located interactive_mode = {};
  std::string install_hint = {};
  bool provide_cluster_info = false;

  bool operator==(const ExecConfig&) const = default;
};

struct KubeconfigCluster {
  std::string name = {};
  Position at = {};
  Located server = {};
  Located certificate_authority = {};
  Located certificate_authority_data = {};
  Located tls_server_name = {};
  Located proxy_url = {};
  bool insecure_skip_tls_verify = false;
  bool disable_compression = false;
  /// The extension `client.authentication.k8s.io/exec`, for plugins that ask for cluster information; null: none.
  nlohmann::json exec_extension = nullptr;

  bool operator==(const KubeconfigCluster&) const = default;
};

struct KubeconfigUser {
  std::string name = {};
  Position at = {};
  Located client_certificate = {};
  Located client_certificate_data = {};
  Located client_key = {};
  Located client_key_data = {};
  Located token = {};
  Located token_file = {};
  Located username = {};
  Located password = {};
  Located impersonate_user = {};
  Located impersonate_uid = {};
  std::vector<std::string> impersonate_groups = {};
  std::vector<std::pair<std::string, std::string>> impersonate_extra = {};
  std::optional<ExecConfig> exec = std::nullopt;
  /// Name of a legacy auth-provider.
  Located auth_provider = {};

  bool operator==(const KubeconfigUser&) const = default;
};

struct KubeconfigContext {
  std::string name = {};
  Position at = {};
  Located cluster = {};
  Located user = {};

  bool operator==(const KubeconfigContext&) const = default;
};

/// What one kubeconfig says, or several merged. File names in it are absolute or relative to the working directory.
struct Kubeconfig {
  /// The files it came from, for messages.
  std::vector<std::string> files = {};
  Located current_context = {};
  std::vector<KubeconfigCluster> clusters = {};
  std::vector<KubeconfigUser> users = {};
  std::vector<KubeconfigContext> contexts = {};

  bool operator==(const Kubeconfig&) const = default;
};

/// Reads one kubeconfig, YAML or JSON. Unknown fields are ignored, as kubectl ignores them; an empty text is an empty
/// kubeconfig. Relative file names are resolved against the folder of `file`. Every problem is reported, with its
/// place. Errors: syntax_error, duplicate_key, kubeconfig_invalid.
Result<Kubeconfig> parse_kubeconfig(std::string_view text, const std::filesystem::path& file);

/// Several kubeconfigs as one: the first file that names a cluster, user or context, or sets the current context, wins
/// as a whole. Source: client-go tools/clientcmd/loader.go.
Kubeconfig merge_kubeconfigs(const std::vector<Kubeconfig>& files);

}  // namespace mesh::kubernetes
