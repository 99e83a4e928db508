#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <utility>

#include "providers/simulator/server/channels.h"
#include "providers/simulator/server/port_forward.h"
#include "providers/simulator/server/remote_command.h"
#include "providers/simulator/server/session.h"
#include "providers/simulator/server/stream_protocol.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

ApiResponse refusal(int status, const std::string& why) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = why + "\n"};
}

/// As the kubelet says it of a pod that it does not run; empty: it runs.
asio::awaitable<std::string> not_running(asio::thread_pool& workers, std::shared_ptr<PodBackend> pods,
                                         const Upgrade& desired) {
  return asio::co_spawn(
      workers,
      [pods = std::move(pods), &desired]() -> asio::awaitable<std::string> {
        if (!pods->sandbox(desired.ns, desired.pod).empty()) co_return std::string();
        co_return fmt::format("pod not found (\"{}_{}\")", desired.pod, desired.ns);
      },
      asio::use_awaitable);
}

}  // namespace

Session::Task Session::refuse_upgrade(const IncomingRequest& incoming, ApiResponse response) {
  co_await write_whole(incoming, std::move(response), ResponsePlan::How::whole, false);
}

Session::Task Session::upgrade(const IncomingRequest& incoming, const HttpRequest& request, const Upgrade& desired) {
  std::shared_ptr<PodBackend> pods = shared_.handler.pods(incoming.target.cluster);
  const bool spdy = wants_spdy(request[http::field::connection], request[http::field::upgrade]);
  std::string problem;
  int status = 400;
  if (!spdy && !websocket::is_upgrade(request)) {
    problem = "unable to upgrade: missing upgrade headers in request";
  } else if (desired.kind == Upgrade::Kind::attach || !pods) {
    problem = "unable to upgrade: only exec and portforward are simulated";
  } else if (desired.kind == Upgrade::Kind::port_forward) {
    problem = co_await not_running(shared_.workers, pods, desired);
    status = 500;
  }
  if (!problem.empty()) {
    co_await refuse_upgrade(incoming, refusal(status, problem));
  } else if (spdy) {
    co_await upgrade_to_spdy(incoming, desired, std::move(pods));
  } else {
    co_await upgrade_to_web_socket(incoming, request, desired, std::move(pods));
  }
}

Session::Task Session::upgrade_to_spdy(const IncomingRequest& incoming, const Upgrade& desired,
                                       std::shared_ptr<PodBackend> pods) {
  const auto found = incoming.request.headers.find("x-stream-protocol-version");
  const std::optional<std::string> offered =
      found == incoming.request.headers.end() ? std::nullopt : std::optional(found->second);
  const std::vector<std::string> spoken = spdy_protocols(desired.kind);
  const std::string protocol = agreed(listed(offered.value_or("")), spoken);
  if (protocol.empty()) {
    co_await refuse_upgrade(incoming, no_common_protocol(offered, spoken));
    co_return;
  }
  shared_.handler.answered(incoming, 101, 0, RequestHandler::Progress::complete);
  std::string head = switching_to_spdy(protocol);
  co_await write_text(std::move(head));
  auto channel = tls_channel(stream_, buffer_, shared_from_this());
  co_await talk_spdy(std::move(channel), desired, protocol, std::move(pods));
}

Session::Task Session::talk_spdy(std::shared_ptr<ByteChannel> channel, const Upgrade& desired, std::string protocol,
                                 std::shared_ptr<PodBackend> pods) {
  const auto connection = std::make_shared<SpdyConnection>(std::move(channel));
  spdy_ = connection;
  if (desired.kind == Upgrade::Kind::port_forward) {
    const auto forward = std::make_shared<PortForward>(connection, std::move(pods), desired, shared_);
    co_await connection->run(*forward);
  } else {
    const auto command =
        std::make_shared<RemoteCommand>(connection, std::move(pods), desired, std::move(protocol), shared_.workers);
    command->start();
    co_await connection->run(*command);
  }
}

}  // namespace mesh::simulator
