#include "providers/kubernetes/kubeconfig/access_resolver.h"

#include <fmt/format.h>

#include "engine/base/digest.h"
#include "providers/kubernetes/kubeconfig/server_url.h"
#include "providers/kubernetes/kubeconfig/tls_material.h"

namespace mesh::kubernetes {
namespace {

/// What replaced a legacy auth-provider. Source: KEP-2784, client-go's removed plugins.
std::string replacement_of(const std::string& provider) {
  if (provider == "gcp") {
    return "install gke-gcloud-auth-plugin and run `gcloud container clusters get-credentials CLUSTER`";
  }
  if (provider == "azure") return "install kubelogin and run `kubelogin convert-kubeconfig`";
  if (provider == "oidc") return "use the exec plugin `kubectl oidc-login get-token` (int128/kubelogin)";
  return "replace `auth-provider` by `exec` with a plugin that speaks client.authentication.k8s.io/v1";
}

}  // namespace

void AccessResolver::user(const KubeconfigUser& user) {
  if (!user.auth_provider.value.empty()) {
    bad(Code::legacy_auth_provider, user.auth_provider.at, "auth-provider is no longer supported",
        fmt::format("user `{}` logs in with auth-provider `{}`", user.name, user.auth_provider.value),
        replacement_of(user.auth_provider.value));
  }
  access_.token = user.token.value;
  access_.token_file = user.token_file.value;
  access_.username = user.username.value;
  access_.password = user.password.value;
  access_.impersonate_user = user.impersonate_user.value;
  access_.impersonate_uid = user.impersonate_uid.value;
  access_.impersonate_groups = user.impersonate_groups;
  access_.impersonate_extra = user.impersonate_extra;
  check_header_values(user);
  certificate(user);
  if (!user.token.value.empty() && !(user.username.value.empty() && user.password.value.empty())) {
    bad(Code::kubeconfig_invalid, user.at, "kubeconfig is not valid",
        fmt::format("user `{}` has both a token and a user name with password", user.name), "remove one of them");
  }
  if (access_.impersonate_user.empty() &&
      !(access_.impersonate_uid.empty() && access_.impersonate_groups.empty() && access_.impersonate_extra.empty())) {
    bad(Code::kubeconfig_invalid, user.at, "kubeconfig is not valid",
        fmt::format("user `{}` impersonates groups, a uid or extras without a user", user.name), "add `as: USER`");
  }
  if (user.exec) exec(user);
  const bool secret =
      !(access_.token.empty() && access_.token_file.empty() && access_.password.empty()) || user.exec.has_value();
  if (secret && access_.server.starts_with("http://") && !is_loopback(access_.server)) {
    bad(Code::insecure_tls, user.at, "credentials would be sent in the clear",
        fmt::format("the server is {}", access_.server), "write `https://` in the cluster's `server`");
  }
}

void AccessResolver::check_header_values(const KubeconfigUser& user) {
  const auto broken = [](const std::string& text) { return text.find_first_of(std::string("\r\n\0", 3)) != text.npos; };
  bool bad_value = broken(user.impersonate_user.value) || broken(user.impersonate_uid.value);
  for (const auto& group : user.impersonate_groups) bad_value = bad_value || broken(group);
  for (const auto& [key, value] : user.impersonate_extra) bad_value = bad_value || broken(key) || broken(value);
  std::string token = user.token.value;
  while (token.ends_with('\n') || token.ends_with('\r') || token.ends_with(' ')) token.pop_back();
  access_.token = token;
  if (broken(token)) {
    bad(Code::credential_invalid, user.token.at, "credential cannot be used", "the token holds a line break",
        "write the token on one line");
  }
  if (bad_value) {
    bad(Code::kubeconfig_invalid, user.at, "kubeconfig is not valid",
        fmt::format("a value that user `{}` impersonates holds a line break", user.name), "write it on one line");
  }
}

void AccessResolver::certificate(const KubeconfigUser& user) {
  const std::size_t before = problems_.size();
  access_.client_certificate_pem =
      data_or_file(user.client_certificate_data, user.client_certificate, "client-certificate");
  access_.client_key_pem = data_or_file(user.client_key_data, user.client_key, "client-key");
  if (problems_.size() != before) return;
  const std::string& certificate = access_.client_certificate_pem;
  const std::string& key = access_.client_key_pem;
  if (certificate.empty() && key.empty()) return;
  const Located& from =
      user.client_certificate_data.value.empty() ? user.client_certificate : user.client_certificate_data;
  if (certificate.empty() || key.empty()) {
    bad(Code::kubeconfig_invalid, user.at, "kubeconfig is not valid",
        fmt::format("user `{}` has a client {} without a client {}", user.name, key.empty() ? "certificate" : "key",
                    key.empty() ? "key" : "certificate"),
        fmt::format("add `{}`", key.empty() ? "client-key-data" : "client-certificate-data"));
    return;
  }
  if (std::string why = key_pair_problem(certificate, key); !why.empty()) {
    bad(Code::credential_invalid, from.at, "credential cannot be used", why,
        "write certificate and key of one pair, in PEM and without a pass phrase");
  }
}

void AccessResolver::exec(const KubeconfigUser& user) {
  ExecConfig exec = *user.exec;
  const std::string where = fmt::format("the exec plugin of user `{}`", user.name);
  const std::size_t before = problems_.size();
  if (exec.command.empty()) {
    bad(Code::kubeconfig_invalid, exec.at, "kubeconfig is not valid", where + " has no command", "add `command:`");
  }
  const std::string& version = exec.api_version.value;
  const bool v1 = version == "client.authentication.k8s.io/v1";
  if (!v1 && version != "client.authentication.k8s.io/v1beta1") {
    bad(Code::kubeconfig_invalid, version.empty() ? exec.at : exec.api_version.at, "kubeconfig is not valid",
        version.empty() ? where + " has no apiVersion" : fmt::format("{} speaks {}", where, version),
        "write `apiVersion: client.authentication.k8s.io/v1`, and update the plugin if it does not know it");
  }
  std::string& mode = exec.interactive_mode.value;
  if (mode.empty() && !v1) mode = "IfAvailable";
  if (mode != "Never" && mode != "IfAvailable" && mode != "Always") {
    bad(Code::kubeconfig_invalid, mode.empty() ? exec.at : exec.interactive_mode.at, "kubeconfig is not valid",
        mode.empty() ? where + " has no interactiveMode"
                     : fmt::format("the interactiveMode of {} is `{}`", where, mode),
        "write `interactiveMode: Never`, `IfAvailable` or `Always`");
  }
  // As in client-go, a static credential makes the plugin unnecessary.
  const bool has_static = !(access_.token.empty() && access_.token_file.empty() && access_.username.empty() &&
                            access_.password.empty() && access_.client_certificate_pem.empty());
  if (problems_.size() == before && !has_static) access_.exec = std::move(exec);
}

void AccessResolver::cluster(const KubeconfigCluster& cluster) {
  access_.compression = !cluster.disable_compression;
  access_.insecure = cluster.insecure_skip_tls_verify;
  access_.tls_server_name = cluster.tls_server_name.value;
  access_.exec_extension = cluster.exec_extension;
  access_.ca_pem =
      data_or_file(cluster.certificate_authority_data, cluster.certificate_authority, "certificate-authority");
  const Located& ca_from = cluster.certificate_authority_data.value.empty() ? cluster.certificate_authority
                                                                            : cluster.certificate_authority_data;
  if (!access_.ca_pem.empty()) {
    if (std::string why = certificate_problem(access_.ca_pem); !why.empty()) {
      bad(Code::credential_invalid, ca_from.at, "credential cannot be used", "the certificate authority: " + why,
          "put the PEM bundle of the API server's certificate authority there");
    }
    if (access_.insecure) {
      bad(Code::kubeconfig_invalid, ca_from.at, "kubeconfig is not valid",
          fmt::format("cluster `{}` has both a certificate authority and insecure-skip-tls-verify", cluster.name),
          "remove `insecure-skip-tls-verify: true`");
    }
  }
  server(cluster);
  proxy(cluster);
  if (access_.insecure) {
    warn(cluster.at,
         fmt::format("cluster `{}` sets insecure-skip-tls-verify: anyone on the way can read and change "
                     "what is sent",
                     cluster.name),
         "set `certificate-authority-data` instead");
  }
}

void AccessResolver::server(const KubeconfigCluster& cluster) {
  if (cluster.server.value.empty()) {
    bad(Code::kubeconfig_invalid, cluster.at, "kubeconfig is not valid",
        fmt::format("cluster `{}` has no server", cluster.name), "add `server: https://HOST:6443`");
    return;
  }
  const auto url = parse_server_url(cluster.server.value);
  if (!url || (url->scheme != "https" && url->scheme != "http")) {
    bad(Code::kubeconfig_invalid, cluster.server.at, "kubeconfig is not valid",
        fmt::format("the server of cluster `{}` is not an http or https URL", cluster.name),
        "write `server: https://HOST:6443`");
    return;
  }
  access_.server = to_string(*url);
  if (url->scheme == "http") {
    warn(cluster.server.at, fmt::format("cluster `{}` is reached over plain HTTP", cluster.name),
         "write `https://` in `server`");
  }
}

void AccessResolver::proxy(const KubeconfigCluster& cluster) {
  if (cluster.proxy_url.value.empty()) return;
  const auto url = parse_server_url(cluster.proxy_url.value);
  const bool known = url && (url->scheme == "http" || url->scheme == "https" || url->scheme == "socks5");
  if (!known) {
    bad(Code::kubeconfig_invalid, cluster.proxy_url.at, "kubeconfig is not valid",
        fmt::format("the proxy-url of cluster `{}` is not an http, https or socks5 URL", cluster.name),
        "write `proxy-url: http://HOST:PORT`");
    return;
  }
  access_.proxy_url = cluster.proxy_url.value;
}

void AccessResolver::warn(const Position& at, std::string cause, std::string hint) {
  warnings_.push_back({.code = Code::insecure_tls,
                       .severity = Severity::warning,
                       .at = at,
                       .summary = "TLS verification is off",
                       .cause = std::move(cause),
                       .hint = std::move(hint)});
}

Result<Access> AccessResolver::result() && {
  if (has_errors(problems_)) return failure(std::move(problems_));
  return std::move(access_);
}

void AccessResolver::bad(Code code, Position at, std::string summary, std::string cause, std::string hint) {
  problems_.push_back({.code = code,
                       .at = std::move(at),
                       .summary = std::move(summary),
                       .cause = std::move(cause),
                       .hint = std::move(hint)});
}

std::string AccessResolver::data_or_file(const Located& data, const Located& file, const std::string& what) {
  if (!data.value.empty()) {
    if (auto bytes = base64_decode(data.value); bytes && !bytes->empty()) return *bytes;
    bad(Code::credential_invalid, data.at, "credential cannot be used", fmt::format("`{}-data` is not base64", what),
        "encode the PEM text with `base64 -w0`");
    return {};
  }
  if (file.value.empty()) return {};
  auto content = read_(file.value);
  if (content) return *content;
  for (Diagnostic problem : content.error()) {
    problem.at = file.at;
    problems_.push_back(std::move(problem));
  }
  return {};
}

}  // namespace mesh::kubernetes
