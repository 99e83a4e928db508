#include "providers/simulator/server/spdy_connection.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <utility>

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// A client that takes no answers is not read from, nor answered, beyond this.
constexpr std::size_t most_unsent = 4U << 20U;
/// On a WebSocket one message each.
constexpr std::size_t largest_write = 64U << 10U;
/// How long a client may take to close what has ended.
constexpr std::chrono::seconds farewell{10};

}  // namespace

SpdyConnection::SpdyConnection(std::shared_ptr<ByteChannel> channel)
    : channel_(std::move(channel)), written_(channel_->executor()), farewell_(channel_->executor()) {
  written_.expires_at(asio::steady_timer::time_point::max());
}

SpdyConnection::Task SpdyConnection::run(spdy::Streams& streams) {
  try {
    co_await read_all(streams);
  } catch (const boost::system::system_error&) {
    silent_ = true;
  }
  open_ = false;
  limit_farewell();
  flush();
  co_await drain(0);
  silent_ = true;
  farewell_.cancel();
}

SpdyConnection::Task SpdyConnection::read_all(spdy::Streams& streams) {
  std::array<char, 16U << 10U> room{};
  bool going = true;
  while (going && !silent_) {
    const std::size_t count = co_await channel_->read(room);
    going = count > 0 && session_.receive({room.data(), count}, streams);
    flush();
    co_await settle();
  }
}

SpdyConnection::Task SpdyConnection::settle() { return drain(most_unsent); }

void SpdyConnection::flush() {
  if (writing_ || silent_ || session_.waiting() == 0) return;
  writing_ = true;
  asio::co_spawn(
      executor(), [self = shared_from_this()] { return self->write_all(); },
      [self = shared_from_this()](const std::exception_ptr& error) {
        if (!error) return;
        self->silent_ = true;
        self->channel_->reset();
        self->wrote_all();
      });
}

SpdyConnection::Task SpdyConnection::write_all() {
  while (session_.waiting() > 0) {
    const std::string bytes = session_.take_output();
    for (std::size_t at = 0; at < bytes.size(); at += largest_write) {
      co_await channel_->write(std::string_view(bytes).substr(at, largest_write));
    }
    written_.cancel();
  }
  // Here, not when this has ended: what is said in between would wait for ever.
  wrote_all();
}

void SpdyConnection::wrote_all() {
  writing_ = false;
  written_.cancel();
}

SpdyConnection::Task SpdyConnection::drain(std::size_t most) {
  while (writing_ && (most == 0 || session_.waiting() > most)) {
    error_code ignored;
    co_await written_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void SpdyConnection::end() {
  if (silent_) return;
  session_.go_away(spdy::EndReason::ok);
  flush();
  limit_farewell();
}

void SpdyConnection::limit_farewell() {
  farewell_.expires_after(farewell);
  farewell_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->channel_->reset();
  });
}

}  // namespace mesh::simulator
