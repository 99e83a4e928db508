#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <string_view>
#include <utility>

#include "providers/simulator/server/exec_status.h"
#include "providers/simulator/server/session.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

/// Channels of the first byte of each message (kubelet, pkg/kubelet/cri/streaming/remotecommand/websocket.go).
enum class Channel : char { out = 1, error = 2, status = 3 };

/// The newest protocol that both know; empty: none.
std::string agreed_protocol(std::string_view offered) {
  for (const std::string_view ours : {"v5.channel.k8s.io", "v4.channel.k8s.io"}) {
    if (offered.find(ours) != std::string_view::npos) return std::string(ours);
  }
  return {};
}

ApiResponse refusal(const std::string& why) {
  ApiResponse response;
  response.status = 400;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "unable to upgrade: " + why + "\n";
  return response;
}

asio::awaitable<ExecResult> executed_by(asio::thread_pool& workers, std::shared_ptr<PodBackend> pods,
                                        const Upgrade& wanted) {
  return asio::co_spawn(
      workers,
      [pods = std::move(pods), &wanted]() -> asio::awaitable<ExecResult> {
        co_return pods->exec(wanted.namespace_name, wanted.pod, wanted.container, wanted.command);
      },
      asio::use_awaitable);
}

using Socket = websocket::stream<TlsStream&>;

/// Sends a text on a channel, in messages that every client takes.
asio::awaitable<void> send(Socket& socket, Channel channel, const std::string& text) {
  constexpr std::size_t largest = 16U << 10U;
  for (std::size_t at = 0; at < text.size(); at += largest) {
    const std::string message = static_cast<char>(channel) + text.substr(at, largest);
    co_await socket.async_write(asio::buffer(message), asio::use_awaitable);
  }
}

}  // namespace

Session::Task Session::upgrade(const Arrival& arrival, const HttpRequest& request, const Upgrade& wanted) {
  const std::shared_ptr<PodBackend> pods = shared_.site.pods(arrival.target.cluster);
  const auto offered = request[http::field::sec_websocket_protocol];
  const std::string protocol = agreed_protocol({offered.data(), offered.size()});
  std::string problem;
  if (!websocket::is_upgrade(request)) problem = "only WebSocket is spoken here";
  if (problem.empty() && protocol.empty()) problem = "no protocol in common";
  if (problem.empty() && (wanted.kind != Upgrade::Kind::exec || !pods)) problem = "only exec is simulated";
  if (!problem.empty()) {
    co_await write_whole(arrival, refusal(problem), Treatment::How::whole, false);
    co_return;
  }
  shared_.site.answered(arrival, 101, 0, Site::Stage::complete);
  Socket socket(stream_);
  socket.set_option(websocket::stream_base::decorator(
      [&protocol](websocket::response_type& answer) { answer.set(http::field::sec_websocket_protocol, protocol); }));
  socket.binary(true);
  co_await socket.async_accept(request, asio::use_awaitable);
  const ExecResult result = co_await executed_by(shared_.workers, pods, wanted);
  if (wanted.out) {
    co_await send(socket, Channel::out, result.out);
  }
  if (wanted.error) {
    co_await send(socket, Channel::error, result.err);
  }
  const std::string status = exec_status(result);
  co_await send(socket, Channel::status, status);
  // Reads what the client still says, its input among it, until it has closed its end.
  const websocket::close_reason normal(websocket::close_code::normal);
  co_await socket.async_close(normal, asio::use_awaitable);
}

}  // namespace mesh::simulator
