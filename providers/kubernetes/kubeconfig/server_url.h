#pragma once

#include <optional>
#include <string>

#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

/// `scheme://host[:port][/path]`. The host has no brackets; no port: the scheme's own.
struct ServerUrl {
  std::string scheme;
  std::string host;
  std::string port;
  /// With a slash in front and none at the end; empty for the root.
  std::string path;

  bool operator==(const ServerUrl&) const = default;
};

/// Nothing when the text is not such a URL, by the rules of libcurl, which dials it. A user part is dropped.
std::optional<ServerUrl> parse_server_url(const std::string& text);
std::string to_string(const ServerUrl& url);

/// `host` or `host:port`, with brackets around IPv6 addresses.
std::string authority_of(const ServerUrl& url);
/// `localhost` or a loopback address.
bool is_loopback(const std::string& server);

/// The proxy that Go programs, and so kubectl, would use for `server` by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (either
/// case): empty for none. Loopback is never proxied; NO_PROXY knows `*`, hosts, domains (`.x` for what is below `x`
/// only), ports, addresses and CIDR blocks. Source: golang.org/x/net/http/httpproxy.
std::string proxy_from_environment(const std::string& server, const Environment& environment);

}  // namespace mesh::kubernetes
