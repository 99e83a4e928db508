#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <map>
#include <memory>
#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/server/spdy_connection.h"

namespace mesh::simulator {

/// Runs the command that `desired` names, on a worker.
boost::asio::awaitable<ExecResult> executed(boost::asio::thread_pool& workers, std::shared_ptr<PodBackend> pods,
                                            const Upgrade& desired);

/// pods/exec on a SPDY connection: a stream each for the status, for what the command reads and what it writes. No
/// command of a simulated pod reads: its input is taken and dropped.
class RemoteCommand final : public spdy::Streams, public std::enable_shared_from_this<RemoteCommand> {
 public:
  RemoteCommand(std::shared_ptr<SpdyConnection> connection, std::shared_ptr<PodBackend> pods, Upgrade desired,
                std::string protocol, boost::asio::thread_pool& workers);

  /// Before the client opens streams, for which it has 30 seconds.
  void start();

  void opened(spdy::StreamId id, const spdy::Headers& headers) override;
  void received(spdy::StreamId id, std::string_view bytes) override;
  void finished(spdy::StreamId id) override;
  void was_reset(spdy::StreamId) override {}

 private:
  std::size_t expected() const;
  /// 0, which is none and hears nothing, when the client has not opened it.
  spdy::StreamId stream_of(const char* type) const;
  boost::asio::awaitable<void> run();
  /// Until the client has said all, or is silent.
  boost::asio::awaitable<void> hear_out();

  const std::shared_ptr<SpdyConnection> connection_;
  const std::shared_ptr<PodBackend> pods_;
  const Upgrade desired_;
  const std::string protocol_;
  boost::asio::thread_pool& workers_;
  boost::asio::steady_timer patience_;
  /// By their type; the streams that nobody knows are not among them.
  std::map<std::string, spdy::StreamId> streams_;
  bool running_ = false;
  /// What there was to read, in bytes, and whether that is all.
  std::size_t input_ = 0;
  bool input_ended_ = false;
};

}  // namespace mesh::simulator
