#include "providers/simulator/server/port_forward.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <functional>
#include <utility>

#include "providers/simulator/server/wire.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;

std::string header(const spdy::Headers& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

/// 0: none.
int port_of(const std::string& text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : 0;
}

/// Clients of old give no id; the two streams of a pair are opened one after the other, that of errors first.
std::string pair_of(spdy::StreamId id, const spdy::Headers& headers, bool errors) {
  const std::string given = header(headers, "requestid");
  return !given.empty() ? given : std::to_string(errors ? id : id - 2);
}

/// Why the runtime does not get a connection; empty: it does.
std::string refusal(PodBackend& pods, const Upgrade& desired, int port) {
  const std::string sandbox = pods.sandbox(desired.ns, desired.pod);
  std::string why;
  if (sandbox.empty()) {
    why = "failed to find sandbox in store: not found";
  } else if (!pods.listens(desired.ns, desired.pod, port)) {
    why = fmt::format(
        "failed to execute portforward in network namespace \"/var/run/netns/cni-{0}\": failed to connect to "
        "localhost:{1} inside namespace \"{0}\", IPv4: dial tcp4 127.0.0.1:{1}: connect: connection refused IPv6 dial "
        "tcp6 [::1]:{1}: connect: connection refused ",
        sandbox, port);
  }
  // The kubelet names no uid.
  return why.empty() ? why : fmt::format("error forwarding port {} to pod {}, uid : {}", port, sandbox, why);
}

ApiResponse bad_request() {
  return {.status = 400, .content_type = "text/plain; charset=utf-8", .body = "400 Bad Request"};
}

}  // namespace

PortForward::PortForward(std::shared_ptr<SpdyConnection> connection, std::shared_ptr<PodBackend> pods, Upgrade desired,
                         Shared& shared)
    : connection_(std::move(connection)), pods_(std::move(pods)), desired_(std::move(desired)), shared_(shared) {}

void PortForward::opened(spdy::StreamId id, const spdy::Headers& headers) {
  const std::string type = header(headers, "streamtype");
  const int port = port_of(header(headers, "port"));
  const bool errors = type == "error";
  spdy::ServerSession& session = connection_->session();
  if (port == 0 || (!errors && type != "data")) {
    session.reset(id, spdy::ResetReason::cancel);
    return;
  }
  session.accept(id);
  const std::string name = pair_of(id, headers, errors);
  const auto [found, made] = pairs_.try_emplace(name, std::make_shared<Forwarded>());
  const ForwardedPtr one = found->second;
  spdy::StreamId& mine = errors ? one->error : one->data;
  if (mine != 0) {
    session.send(one->error,
                 fmt::format("error processing stream for request {}: {} stream already assigned", name, type));
    return;
  }
  mine = id;
  if (!errors) one->port = port;
  if (one->error == 0 || one->data == 0) return;
  pairs_.erase(found);
  forwarded_[one->data] = one;
  one->busy = true;
  spawn(one, &PortForward::dial);
}

void PortForward::spawn(const ForwardedPtr& one, Task (PortForward::*task)(ForwardedPtr)) {
  asio::co_spawn(
      connection_->executor(), [self = shared_from_this(), one, task] { return (self.get()->*task)(one); },
      [self = shared_from_this()](const std::exception_ptr& error) {
        if (error) self->connection_->end();
      });
}

PortForward::Task PortForward::dial(ForwardedPtr one) {
  const std::string why = co_await asio::co_spawn(
      shared_.workers,
      [this, port = one->port]() -> asio::awaitable<std::string> { co_return refusal(*pods_, desired_, port); },
      asio::use_awaitable);
  one->busy = false;
  if (why.empty()) {
    start(one);
    co_return;
  }
  connection_->session().send(one->error, why);
  close(*one);
}

void PortForward::received(spdy::StreamId id, std::string_view bytes) {
  const auto found = forwarded_.find(id);
  if (found == forwarded_.end()) return;
  const ForwardedPtr one = found->second;
  if (one->http.feed(bytes)) {
    start(one);
  } else {
    connection_->session().reset(one->data, spdy::ResetReason::cancel);
    close(*one);
  }
}

void PortForward::finished(spdy::StreamId id) {
  const auto found = forwarded_.find(id);
  if (found == forwarded_.end()) return;
  const ForwardedPtr one = found->second;
  one->client_finished = true;
  start(one);
}

void PortForward::was_reset(spdy::StreamId id) {
  std::erase_if(pairs_, [id](const auto& pair) { return pair.second->data == id || pair.second->error == id; });
  const auto found = forwarded_.find(id);
  if (found == forwarded_.end()) return;
  const ForwardedPtr one = found->second;
  close(*one);
}

void PortForward::start(const ForwardedPtr& one) {
  if (std::exchange(one->busy, true)) return;
  spawn(one, &PortForward::serve);
}

PortForward::Task PortForward::serve(ForwardedPtr one) {
  bool keep = true;
  while (keep && connection_->open()) {
    const auto heard = one->http.next();
    if (!heard && !one->http.malformed()) break;
    const std::function<ApiResponse()> answer = [&] {
      if (!heard) return bad_request();
      return pods_->proxy(desired_.ns, desired_.pod, std::to_string(one->port), heard->target, heard->request,
                          PodBackend::From::loopback);
    };
    ApiResponse response = co_await made_by(shared_, answer);
    keep = heard && heard->keep;
    const std::string head = head_text({.status = response.status,
                                        .content_type = response.content_type,
                                        .headers = std::move(response.headers),
                                        .length = response.body.size(),
                                        .close = !keep},
                                       shared_.clock.wall());
    connection_->session().send(one->data, head);
    if (!heard || heard->request.method != "HEAD") connection_->session().send(one->data, response.body);
    connection_->flush();
    co_await connection_->settle();
  }
  one->busy = false;
  // Half a request that nobody completes is not answered.
  if (!keep || one->client_finished) close(*one);
}

void PortForward::close(const Forwarded& one) {
  const spdy::StreamId data = one.data;
  connection_->session().finish(data);
  connection_->session().finish(one.error);
  connection_->flush();
  forwarded_.erase(data);
}

}  // namespace mesh::simulator
