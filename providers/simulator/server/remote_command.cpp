#include "providers/simulator/server/remote_command.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "providers/simulator/server/exec_status.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds creation_time{30};
/// How long a client may be silent that has not said all, and how often.
constexpr std::chrono::milliseconds silence{500};
constexpr int most_silences = 20;

/// Terminals can be resized from the third protocol on.
bool resizes(const std::string& protocol) { return protocol.starts_with("v3.") || protocol.starts_with("v4."); }

}  // namespace

asio::awaitable<ExecResult> executed(asio::thread_pool& workers, std::shared_ptr<PodBackend> pods,
                                     const Upgrade& desired) {
  return asio::co_spawn(
      workers,
      [pods = std::move(pods), &desired]() -> asio::awaitable<ExecResult> {
        co_return pods->exec(desired.ns, desired.pod, desired.container, desired.command);
      },
      asio::use_awaitable);
}

RemoteCommand::RemoteCommand(std::shared_ptr<SpdyConnection> connection, std::shared_ptr<PodBackend> pods,
                             Upgrade desired, std::string protocol, asio::thread_pool& workers)
    : connection_(std::move(connection)),
      pods_(std::move(pods)),
      desired_(std::move(desired)),
      protocol_(std::move(protocol)),
      workers_(workers),
      patience_(connection_->executor()) {}

void RemoteCommand::start() {
  patience_.expires_after(creation_time);
  patience_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->connection_->end();
  });
}

std::size_t RemoteCommand::expected() const {
  std::size_t count = 1;
  if (desired_.in) ++count;
  if (desired_.out) ++count;
  // A terminal has one output.
  if (desired_.error && !desired_.tty) ++count;
  if (desired_.tty && resizes(protocol_)) ++count;
  return count;
}

void RemoteCommand::opened(spdy::StreamId id, const spdy::Headers& headers) {
  connection_->session().accept(id);
  const auto type = headers.find("streamtype");
  const std::string name = type == headers.end() ? std::string() : type->second;
  if (name != "error" && name != "stdin" && name != "stdout" && name != "stderr" && name != "resize") return;
  streams_[name] = id;
  if (running_ || streams_.size() < expected()) return;
  running_ = true;
  patience_.cancel();
  asio::co_spawn(
      connection_->executor(), [self = shared_from_this()] { return self->run(); },
      [self = shared_from_this()](const std::exception_ptr& error) {
        if (error) self->connection_->end();
      });
}

spdy::StreamId RemoteCommand::stream_of(const char* type) const {
  const auto found = streams_.find(type);
  return found == streams_.end() ? 0 : found->second;
}

void RemoteCommand::received(spdy::StreamId id, std::string_view bytes) {
  if (stream_of("stdin") == id) input_ += bytes.size();
}

void RemoteCommand::finished(spdy::StreamId id) {
  if (stream_of("stdin") != id) return;
  input_ended_ = true;
  patience_.cancel();
}

asio::awaitable<void> RemoteCommand::hear_out() {
  std::size_t before = input_ + 1;
  for (int i = 0; i < most_silences && !input_ended_ && before != input_ && connection_->open(); ++i) {
    before = input_;
    patience_.expires_after(silence);
    boost::system::error_code ignored;
    co_await patience_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> RemoteCommand::run() {
  const ExecResult result = co_await executed(workers_, pods_, desired_);
  spdy::ServerSession& session = connection_->session();
  const spdy::StreamId out = stream_of("stdout");
  const spdy::StreamId error = stream_of("stderr");
  const spdy::StreamId status = stream_of("error");
  session.send(out, result.out);
  session.send(error, result.err);
  connection_->flush();
  // A kubectl that hears of the end first complains that it cannot write.
  if (desired_.in) {
    co_await hear_out();
  }
  session.finish(out);
  session.finish(error);
  session.send(status, protocol_.starts_with("v4.") ? exec_status(result) : exec_failure(result));
  session.finish(status);
  connection_->end();
}

}  // namespace mesh::simulator
