#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace mesh::kubernetes {

/// Where a request goes and how the way there is secured: all that makes two connections different.
struct Endpoint {
  /// `https://host[:port][/path]`.
  std::string server = {};
  /// Whom to trust; empty: the system's authorities.
  std::string ca_pem = {};
  bool insecure = false;
  /// Checked against the certificate, and sent as SNI, instead of the host.
  std::string tls_server_name = {};
  /// http, https or socks5 URL; empty: direct. The environment is not looked at here.
  std::string proxy_url = {};
  std::string client_certificate_pem = {};
  std::string client_key_pem = {};
  bool compression = true;

  auto operator<=>(const Endpoint&) const = default;
};

/// Bytes of a decoded answer. etcd takes objects of 1.5 MiB, of which JSON makes more where it escapes; of a list a
/// page comes at once.
constexpr std::size_t largest_object = std::size_t{8} << 20U;
constexpr std::size_t largest_page = std::size_t{256} << 20U;

struct HttpRequest {
  std::string method = "GET";
  /// Path and query, below the server's path.
  std::string target = {};
  /// `Name: value`.
  std::vector<std::string> headers = {};
  std::string body = {};
  /// Do not reuse a connection: the last try on it got no answer.
  bool fresh_connection = false;
  /// The transfer of an answer that is longer ends at once; a stream has no such end.
  std::size_t largest_answer = largest_object;
};

struct HttpResponse {
  int status = 0;
  /// Names in lower case; of repeated ones the last.
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  /// From the request to the end of the answer.
  std::chrono::milliseconds took{0};
};

/// Why there is no whole answer.
enum class Fault {
  dns,
  connect,          // refused or no route
  connect_timeout,  // nobody answered
  timeout,          // connected, but no whole answer in time
  reset,            // closed or reset before a whole answer
  truncated,        // shorter than announced, or undecodable
  too_large,
  proxy,
  tls_verify,  // the server's certificate does not hold
  tls,         // any other TLS failure
  stopped,
  other
};

struct TransportError {
  Fault fault = Fault::other;
  /// Words of the libraries below; holds no credential.
  std::string detail = {};
};

using HttpResult = tl::expected<HttpResponse, TransportError>;

/// A request with the place that it goes to.
struct Call {
  std::shared_ptr<const Endpoint> endpoint;
  HttpRequest request;
};

}  // namespace mesh::kubernetes
