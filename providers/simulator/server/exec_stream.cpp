#include "providers/simulator/server/exec_stream.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using WebSocket = websocket::stream<TlsStream&>;

constexpr std::string_view protocol = "v5.channel.k8s.io";

/// The first byte of each message (kubelet, pkg/kubelet/cri/streaming/remotecommand/websocket.go).
enum class Channel : char { out = 1, error = 2, status = 3 };

/// Sends a text on a channel, in messages that every client takes.
asio::awaitable<void> send(WebSocket& socket, Channel channel, const std::string& text) {
  constexpr std::size_t largest = 16U << 10U;
  for (std::size_t at = 0; at < text.size(); at += largest) {
    const std::string message = static_cast<char>(channel) + text.substr(at, largest);
    co_await socket.async_write(asio::buffer(message), asio::use_awaitable);
  }
}

asio::awaitable<ExecResult> run_on_worker(Shared& shared, std::shared_ptr<PodBackend> pods, const Upgrade& desired) {
  return asio::co_spawn(
      shared.workers,
      [pods = std::move(pods), &desired]() -> asio::awaitable<ExecResult> {
        co_return pods->exec(desired.ns, desired.pod, desired.container, desired.command);
      },
      asio::use_awaitable);
}

}  // namespace

std::string exec_status(const ExecResult& result) {
  nlohmann::ordered_json status = {{"metadata", nlohmann::ordered_json::object()}};
  if (!result.failure.empty()) {
    status["status"] = "Failure";
    status["message"] = result.failure;
    status["reason"] = "InternalError";
    status["details"] = {{"causes", {{{"message", result.failure}}}}};
    status["code"] = 500;
  } else if (result.exit_code != 0) {
    const std::string code = std::to_string(result.exit_code);
    status["status"] = "Failure";
    status["message"] = "command terminated with non-zero exit code: exit status " + code;
    status["reason"] = "NonZeroExitCode";
    status["details"] = {{"causes", {{{"reason", "ExitCode"}, {"message", code}}}}};
  } else {
    status["status"] = "Success";
  }
  return status.dump();
}

std::string exec_refusal(const HttpRequest& request, const Upgrade& desired) {
  if (desired.kind != Upgrade::Kind::exec) return "unable to upgrade: only exec is simulated";
  if (!websocket::is_upgrade(request)) return "unable to upgrade: only WebSockets are simulated";
  auto offered = http::token_list(request[http::field::sec_websocket_protocol]);
  if (offered.exists(protocol)) return {};
  return fmt::format("unable to upgrade: only {} is simulated, as kubectl 1.31 and newer speak it", protocol);
}

asio::awaitable<void> serve_exec(TlsStream& stream, const HttpRequest& request, Shared& shared,
                                 std::shared_ptr<PodBackend> pods, const Upgrade& desired) {
  WebSocket socket(stream);
  socket.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& answer) { answer.set(http::field::sec_websocket_protocol, protocol); }));
  socket.binary(true);
  co_await socket.async_accept(request, asio::use_awaitable);
  const ExecResult result = co_await run_on_worker(shared, std::move(pods), desired);
  if (desired.out) {
    co_await send(socket, Channel::out, result.out);
  }
  if (desired.error) {
    co_await send(socket, Channel::error, result.err);
  }
  const std::string status = exec_status(result);
  co_await send(socket, Channel::status, status);
  // Reads what the client still sends, its input among it, until it has closed its end.
  const websocket::close_reason normal(websocket::close_code::normal);
  co_await socket.async_close(normal, asio::use_awaitable);
}

}  // namespace mesh::simulator
