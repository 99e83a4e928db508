#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

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

/// A connection on which messages come. Destroying it closes the connection.
class WebSocket {
 public:
  WebSocket() = default;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  virtual ~WebSocket() = default;

  /// The next message; nothing: the server has closed. Errors: timeout, stopped, too_large, reset.
  virtual tl::expected<std::optional<std::string>, TransportError> next(std::chrono::milliseconds timeout,
                                                                        const std::stop_token& stop) = 0;
};

/// What a server said to a request for a WebSocket: of any answer but 101 there is no socket.
struct Upgraded {
  HttpResponse answer = {};
  std::unique_ptr<WebSocket> socket = nullptr;
};
using UpgradeResult = tl::expected<Upgraded, TransportError>;

struct TransportOptions {
  std::string user_agent = "mesh";
  std::chrono::milliseconds connect_timeout{10000};
  /// Of one message on a WebSocket.
  std::size_t largest_message = 16U << 20U;
};

/// What sends requests to API servers. Thread-safe; callers block.
class Http {
 public:
  Http() = default;
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  virtual ~Http() = default;

  /// All at once; answers in the order of the calls.
  virtual std::vector<HttpResult> send_all(const std::vector<Call>& calls, std::chrono::milliseconds timeout,
                                           const std::stop_token& stop) = 0;
  /// Starts a request whose answer is read while it comes; `timeout` bounds the whole of it.
  virtual std::unique_ptr<Stream> open(const Call& call, std::chrono::milliseconds timeout) = 0;
  /// Asks for a WebSocket, on a connection of its own. `timeout` bounds the way there, up to the answer.
  virtual UpgradeResult upgrade(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop) = 0;
};

/// HTTP to all clusters: one thread drives every transfer, over HTTP/2 where the server offers it, many requests on one
/// connection, connections kept for reuse per endpoint. Never follows redirects.
class Transport final : public Http {
 public:
  explicit Transport(TransportOptions options);
  ~Transport() override;

  HttpResult send(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop);
  std::vector<HttpResult> send_all(const std::vector<Call>& calls, std::chrono::milliseconds timeout,
                                   const std::stop_token& stop) override;
  std::unique_ptr<Stream> open(const Call& call, std::chrono::milliseconds timeout) override;
  UpgradeResult upgrade(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace mesh::kubernetes
