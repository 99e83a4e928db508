#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "providers/simulator/server/byte_channel.h"
#include "providers/simulator/server/spdy_session.h"

namespace mesh::simulator {

/// SPDY on a channel. All its work runs on the channel's strand.
class SpdyConnection : public std::enable_shared_from_this<SpdyConnection> {
 public:
  explicit SpdyConnection(std::shared_ptr<ByteChannel> channel);

  /// Until either side has ended it. `streams` is not called any more when this is done.
  boost::asio::awaitable<void> run(spdy::Streams& streams);
  /// To be flushed after anything is said.
  spdy::ServerSession& session() { return session_; }
  void flush();
  /// Says that the connection ends, and gives the client time to hear all and to close it.
  void end();
  /// Until most of what was said is on its way. Who makes more to say waits for it.
  boost::asio::awaitable<void> settle();
  /// False: there is nobody to answer any more.
  bool open() const { return open_; }
  boost::asio::any_io_executor executor() const { return channel_->executor(); }

 private:
  using Task = boost::asio::awaitable<void>;
  Task read_all(spdy::Streams& streams);
  Task write_all();
  void wrote_all();
  /// Until less than `most` is waiting to be written.
  Task drain(std::size_t most);
  void limit_farewell();

  const std::shared_ptr<ByteChannel> channel_;
  spdy::ServerSession session_;
  /// Rings when something was written.
  boost::asio::steady_timer written_;
  boost::asio::steady_timer farewell_;
  bool open_ = true;
  bool writing_ = false;
  /// Nothing can be written any more.
  bool silent_ = false;
};

}  // namespace mesh::simulator
