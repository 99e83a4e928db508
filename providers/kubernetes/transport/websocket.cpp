#include "providers/kubernetes/transport/websocket.h"

#include <curl/curl.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/lower_case.h"
#include "providers/kubernetes/kubeconfig/server_url.h"
#include "providers/kubernetes/transport/response_head.h"
#include "providers/kubernetes/transport/transfer.h"
#include "providers/kubernetes/transport/websocket_frame.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Of a head, and of the body of a refusal.
constexpr std::size_t largest_refusal = 256U << 10U;

tl::unexpected<TransportError> failed(Fault fault, const char* detail) {
  return tl::unexpected(TransportError{.fault = fault, .detail = detail});
}

SteadyTime after(milliseconds timeout) { return std::chrono::steady_clock::now() + timeout; }

template <std::size_t size>
std::array<unsigned char, size> random_bytes() {
  std::array<unsigned char, size> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(size));
  return bytes;
}

/// A connection made by libcurl, TLS and proxies included, that carries bytes of our own. One thread at a time.
class RawConnection {
 public:
  RawConnection() = default;
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() {
    if (added_) curl_multi_remove_handle(multi_.get(), handle_.easy.get());
  }

  tl::expected<void, TransportError> connect(std::shared_ptr<Transfer> transfer, SteadyTime until,
                                             const std::stop_token& stop);
  tl::expected<void, TransportError> send(std::string_view bytes, SteadyTime until, const std::stop_token& stop);
  /// What has come; empty: the peer has closed.
  tl::expected<std::string, TransportError> receive(SteadyTime until, const std::stop_token& stop);

 private:
  enum class Direction { in, out };
  /// Waits until the socket, or libcurl while it connects, has something to do.
  tl::expected<void, TransportError> wait(std::optional<Direction> direction, SteadyTime until,
                                          const std::stop_token& stop);

  std::unique_ptr<CURLM, FreeMulti> multi_{curl_multi_init()};
  CurlTransfer handle_;
  bool added_ = false;
};

tl::expected<void, TransportError> RawConnection::wait(std::optional<Direction> direction, SteadyTime until,
                                                       const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
  if (stop.stop_requested()) return failed(Fault::stopped, "stopped");
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  if (left.count() <= 0) return failed(Fault::timeout, "no answer in time");
  curl_waitfd socket{};
  if (direction) {
    curl_easy_getinfo(handle_.easy.get(), CURLINFO_ACTIVESOCKET, &socket.fd);
    socket.events = *direction == Direction::in ? CURL_WAIT_POLLIN : CURL_WAIT_POLLOUT;
  }
  constexpr milliseconds longest = std::chrono::hours(1);
  curl_multi_poll(multi_.get(), &socket, direction ? 1 : 0, static_cast<int>(std::min(left, longest).count()), nullptr);
  if (stop.stop_requested()) return failed(Fault::stopped, "stopped");
  return {};
}

tl::expected<void, TransportError> RawConnection::connect(std::shared_ptr<Transfer> transfer, SteadyTime until,
                                                          const std::stop_token& stop) {
  handle_.transfer = std::move(transfer);
  handle_.easy.reset(curl_easy_init());
  CURL* easy = handle_.easy.get();
  if (easy == nullptr || !configure(handle_)) return failed(Fault::other, cannot_be_used);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  // A WebSocket starts as HTTP/1.1, also where ALPN would agree on more.
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) return failed(Fault::other, "no connection was started");
  added_ = true;
  while (true) {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
        message != nullptr && message->msg == CURLMSG_DONE) {
      const CURLcode code = message->data.result;
      if (code != CURLE_OK) return tl::unexpected(error_of(easy, code, *handle_.transfer));
      return {};
    }
    if (auto ready = wait(std::nullopt, until, stop); !ready) return ready;
  }
}

tl::expected<void, TransportError> RawConnection::send(std::string_view bytes, SteadyTime until,
                                                       const std::stop_token& stop) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(handle_.easy.get(), bytes.data(), bytes.size(), &sent);
    bytes.remove_prefix(sent);
    if (code == CURLE_AGAIN) {
      if (auto ready = wait(Direction::out, until, stop); !ready) return ready;
    } else if (code != CURLE_OK) {
      return tl::unexpected(error_of(handle_.easy.get(), code, *handle_.transfer));
    }
  }
  return {};
}

tl::expected<std::string, TransportError> RawConnection::receive(SteadyTime until, const std::stop_token& stop) {
  std::array<char, 16384> buffer{};
  while (true) {
    std::size_t got = 0;
    const CURLcode code = curl_easy_recv(handle_.easy.get(), buffer.data(), buffer.size(), &got);
    if (code == CURLE_OK) return std::string(buffer.data(), got);
    // libcurl's word for the end of a connection that was made ready for us.
    if (code == CURLE_UNSUPPORTED_PROTOCOL) return std::string();
    if (code != CURLE_AGAIN) return tl::unexpected(error_of(handle_.easy.get(), code, *handle_.transfer));
    if (auto ready = wait(Direction::in, until, stop); !ready) return tl::unexpected(std::move(ready.error()));
  }
}

class CurlWebSocket final : public WebSocket {
 public:
  CurlWebSocket(std::unique_ptr<RawConnection> connection, std::size_t largest, std::string_view read_already)
      : connection_(std::move(connection)), reader_(largest) {
    reader_.add(read_already);
  }
  CurlWebSocket(const CurlWebSocket&) = delete;
  CurlWebSocket& operator=(const CurlWebSocket&) = delete;
  ~CurlWebSocket() override { static_cast<void>(send(Opcode::close, "\x03\xE8", after(milliseconds(100)), {})); }

  tl::expected<std::optional<std::string>, TransportError> next(milliseconds timeout,
                                                                const std::stop_token& stop) override {
    const SteadyTime until = after(timeout);
    while (true) {
      auto message = reader_.next();
      if (!message) return tl::unexpected(std::move(message.error()));
      if (*message) {
        if ((*message)->opcode == Opcode::close) return std::nullopt;
        if ((*message)->opcode == Opcode::ping) {
          if (auto sent = send(Opcode::pong, (*message)->payload, until, stop); !sent) {
            return tl::unexpected(std::move(sent.error()));
          }
        } else if ((*message)->opcode != Opcode::pong) {
          return std::move((*message)->payload);
        }
        continue;
      }
      auto bytes = connection_->receive(until, stop);
      if (!bytes) return tl::unexpected(std::move(bytes.error()));
      if (bytes->empty()) return failed(Fault::reset, "the server closed without a word");
      reader_.add(*bytes);
    }
  }

 private:
  tl::expected<void, TransportError> send(Opcode opcode, std::string_view payload, SteadyTime until,
                                          const std::stop_token& stop) {
    return connection_->send(encode_frame(opcode, payload, random_bytes<4>()), until, stop);
  }

  std::unique_ptr<RawConnection> connection_;
  WebSocketReader reader_;
};

std::string request_text(const Call& call, const ServerUrl& url, const std::string& user_agent,
                         const std::string& key) {
  std::string text = call.request.method + " " + url.path + call.request.target + " HTTP/1.1\r\n";
  text += "Host: " + authority_of(url) + "\r\nUser-Agent: " + user_agent + "\r\n";
  text += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key;
  text += "\r\n";
  for (const std::string& line : call.request.headers) text += line + "\r\n";
  return text + "\r\n";
}

/// An answer, and what came behind its head.
struct HeadAndRest {
  HttpResponse answer = {};
  std::string rest = {};
};

tl::expected<HeadAndRest, TransportError> read_head(RawConnection& connection, SteadyTime until,
                                                    const std::stop_token& stop) {
  std::string text;
  while (true) {
    if (const auto end = text.find("\r\n\r\n"); end != std::string::npos) {
      auto head = parse_head(std::string_view(text).substr(0, end));
      if (!head) return failed(Fault::truncated, "the answer is not HTTP");
      return HeadAndRest{std::move(*head), text.substr(end + 4)};
    }
    if (text.size() > largest_refusal) return failed(Fault::too_large, "the head of the answer is too long");
    auto bytes = connection.receive(until, stop);
    if (!bytes) return tl::unexpected(std::move(bytes.error()));
    if (bytes->empty()) return failed(Fault::reset, "the server closed before its answer");
    text += *bytes;
  }
}

tl::expected<std::string, TransportError> read_body(RawConnection& connection, HeadAndRest head, SteadyTime until,
                                                    const std::stop_token& stop) {
  bool closed = false;
  while (true) {
    if (auto body = parse_body(head.answer, head.rest, closed)) return std::move(*body);
    if (head.rest.size() > largest_refusal) return failed(Fault::too_large, "the answer is too long");
    auto bytes = connection.receive(until, stop);
    if (!bytes) return tl::unexpected(std::move(bytes.error()));
    closed = bytes->empty();
    head.rest += *bytes;
  }
}

}  // namespace

UpgradeResult open_websocket(const Call& call, const TransportOptions& options, milliseconds timeout,
                             const std::stop_token& stop) {
  const auto url = parse_server_url(call.endpoint->server);
  const std::array<unsigned char, 16> random = random_bytes<16>();
  const std::string key = base64_encode({reinterpret_cast<const char*>(random.data()), random.size()});
  if (!url) return failed(Fault::other, "the address cannot be used");
  auto transfer = std::make_shared<Transfer>();
  transfer->call = call;
  transfer->timeout = timeout;
  transfer->connect_timeout = std::min(options.connect_timeout, timeout);
  transfer->user_agent = options.user_agent;
  const SteadyTime until = after(timeout);
  auto connection = std::make_unique<RawConnection>();
  if (auto made = connection->connect(std::move(transfer), until, stop); !made) {
    return tl::unexpected(std::move(made.error()));
  }
  if (auto sent = connection->send(request_text(call, *url, options.user_agent, key), until, stop); !sent) {
    return tl::unexpected(std::move(sent.error()));
  }
  auto head = read_head(*connection, until, stop);
  if (!head) return tl::unexpected(std::move(head.error()));
  Upgraded upgraded{.answer = head->answer};
  if (head->answer.status != 101) {
    auto body = read_body(*connection, std::move(*head), until, stop);
    if (!body) return tl::unexpected(std::move(body.error()));
    upgraded.answer.body = std::move(*body);
    return upgraded;
  }
  if (head->answer.headers["sec-websocket-accept"] != websocket_accept(key)) {
    return failed(Fault::truncated, "the server did not open a WebSocket");
  }
  upgraded.socket = std::make_unique<CurlWebSocket>(std::move(connection), options.largest_message, head->rest);
  return upgraded;
}

}  // namespace mesh::kubernetes
