#include <fmt/format.h>

#include "providers/kubernetes/access_resolver.h"
#include "providers/kubernetes/server_url.h"
#include "providers/kubernetes/tls_material.h"

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

}  // namespace mesh::kubernetes
