#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>
#include <utility>

#include "providers/simulator/server/channels.h"
#include "providers/simulator/server/exec_status.h"
#include "providers/simulator/server/remote_command.h"
#include "providers/simulator/server/session.h"
#include "providers/simulator/server/stream_protocol.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

/// Channels of the first byte of each message (kubelet, pkg/kubelet/cri/streaming/remotecommand/websocket.go).
enum class Channel : char { out = 1, error = 2, status = 3 };

/// What is spoken in WebSockets there, the best first.
std::vector<std::string> web_socket_protocols(Upgrade::Kind kind) {
  if (kind == Upgrade::Kind::exec) return {"v5.channel.k8s.io", "v4.channel.k8s.io"};
  return {std::string(protocol::tunnelled) + std::string(protocol::port_forward)};
}

ApiResponse no_protocol() {
  return {
      .status = 400, .content_type = "text/plain; charset=utf-8", .body = "unable to upgrade: no protocol in common\n"};
}

/// Sends a text on a channel, in messages that every client takes.
asio::awaitable<void> send(WebSocket& socket, Channel channel, const std::string& text) {
  constexpr std::size_t largest = 16U << 10U;
  for (std::size_t at = 0; at < text.size(); at += largest) {
    const std::string message = static_cast<char>(channel) + text.substr(at, largest);
    co_await socket.async_write(asio::buffer(message), asio::use_awaitable);
  }
}

asio::awaitable<void> run_command(WebSocket& socket, asio::thread_pool& workers, std::shared_ptr<PodBackend> pods,
                                  const Upgrade& desired) {
  const ExecResult result = co_await executed(workers, std::move(pods), desired);
  if (desired.out) {
    co_await send(socket, Channel::out, result.out);
  }
  if (desired.error) {
    co_await send(socket, Channel::error, result.err);
  }
  const std::string status = exec_status(result);
  co_await send(socket, Channel::status, status);
  // Reads what the client still says, its input among it, until it has closed its end.
  const websocket::close_reason normal(websocket::close_code::normal);
  co_await socket.async_close(normal, asio::use_awaitable);
}

}  // namespace

Session::Task Session::upgrade_to_web_socket(const IncomingRequest& incoming, const HttpRequest& request,
                                             const Upgrade& desired, std::shared_ptr<PodBackend> pods) {
  const auto header = request[http::field::sec_websocket_protocol];
  const std::string protocol = agreed(web_socket_protocols(desired.kind), listed({header.data(), header.size()}));
  if (protocol.empty()) {
    co_await refuse_upgrade(incoming, no_protocol());
    co_return;
  }
  shared_.handler.answered(incoming, 101, 0, RequestHandler::Progress::complete);
  auto socket = std::make_unique<WebSocket>(stream_);
  socket->set_option(websocket::stream_base::decorator(
      [&protocol](websocket::response_type& answer) { answer.set(http::field::sec_websocket_protocol, protocol); }));
  socket->binary(true);
  co_await socket->async_accept(request, asio::use_awaitable);
  if (desired.kind == Upgrade::Kind::exec) {
    co_await run_command(*socket, shared_.workers, std::move(pods), desired);
    co_return;
  }
  auto channel = web_socket_channel(std::move(socket), shared_from_this());
  co_await talk_spdy(std::move(channel), desired, {}, std::move(pods));
}

}  // namespace mesh::simulator
