#pragma once

#include <chrono>
#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
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

struct HttpRequest {
  std::string method = "GET";
  /// Path and query, below the server's path.
  std::string target = {};
  /// `Name: value`.
  std::vector<std::string> headers = {};
  std::string body = {};
  /// Do not reuse a connection: the last try on it got no answer.
  bool fresh_connection = false;
};

struct HttpResponse {
  int status = 0;
  /// Names in lower case; of repeated ones the last.
  std::map<std::string, std::string> headers = {};
  std::string body = {};
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

/// An answer that comes piece by piece. Destroying it ends the request.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// What `next` saw: more bytes, the end (with the status and, unless it was 200, nothing else), or a failure.
  struct Piece {
    std::string bytes = {};
    bool ended = false;
    HttpResponse head = {};
    std::optional<TransportError> error = std::nullopt;
  };
  /// Waits for more at most `timeout`: at the timeout an empty piece that has not ended.
  virtual Piece next(std::chrono::milliseconds timeout, const std::stop_token& stop) = 0;
};

struct TransportOptions {
  std::string user_agent = "mesh";
  std::chrono::milliseconds connect_timeout{10000};
  /// Of one decoded answer; streams are not bounded.
  std::size_t largest_answer = 256U << 20U;
};

/// HTTP to all clusters: one thread drives every transfer, over HTTP/2 where the server offers it, many requests on one
/// connection, connections kept for reuse per endpoint. Thread-safe; callers block. Never follows redirects.
class Transport {
 public:
  explicit Transport(TransportOptions options);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  HttpResult send(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop);
  /// All at once; answers in the order of the calls.
  std::vector<HttpResult> send_all(const std::vector<Call>& calls, std::chrono::milliseconds timeout,
                                   const std::stop_token& stop);
  /// Starts a request whose answer is read while it comes; `timeout` bounds the whole of it.
  std::unique_ptr<Stream> open(const Call& call, std::chrono::milliseconds timeout);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace mesh::kubernetes
