#include <fmt/format.h>

#include "providers/kubernetes/access_resolver.h"
#include "providers/kubernetes/server_url.h"
#include "providers/kubernetes/tls_material.h"

namespace mesh::kubernetes {

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

}  // namespace mesh::kubernetes
