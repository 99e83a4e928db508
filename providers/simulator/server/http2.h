#pragma once

#include <nghttp2/nghttp2.h>

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "providers/simulator/server/session.h"
#include "providers/simulator/server/waker.h"

namespace mesh::simulator {

/// HTTP/2 on one connection: many requests at once, answered as they are ready. All its work runs on the strand of the
/// connection.
class Http2 : public std::enable_shared_from_this<Http2> {
 public:
  Http2(TlsStream& stream, Shared& shared, std::string peer, std::shared_ptr<void> owner);
  ~Http2();
  Http2(const Http2&) = delete;
  Http2& operator=(const Http2&) = delete;

  /// Until the connection ends.
  boost::asio::awaitable<void> run();
  /// Takes no more requests and ends streams; the connection goes when nothing is open.
  void stop();

 private:
  using Task = boost::asio::awaitable<void>;

  /// One request and its answer.
  struct Exchange {
    explicit Exchange(const boost::asio::any_io_executor& executor) : timer(executor) {}
    std::string target;
    ApiRequest request;
    bool whole = false;
    /// What of the answer's body is there to be sent, and how much of it is sent.
    std::string text;
    std::size_t sent = 0;
    bool finished = false;
    bool closed = false;
    bool woken = false;
    boost::asio::steady_timer timer;
  };
  using ExchangePtr = std::shared_ptr<Exchange>;
  struct Callbacks;

  Task serve(std::int32_t id, ExchangePtr exchange);
  Task write_stream(std::int32_t id, ExchangePtr exchange, const IncomingRequest& incoming,
                    const ApiResponse& response);
  /// Sends nothing more. Returns when the client has left or the listener stops.
  Task stay_silent(std::int32_t id, ExchangePtr exchange);
  void submit(std::int32_t id, Exchange& exchange, const ApiResponse& response, std::optional<std::size_t> length);
  static ssize_t read(nghttp2_session* session, std::int32_t id, std::uint8_t* to, std::size_t room,
                      std::uint32_t* flags, nghttp2_data_source* source, void* user);
  void start_whole_requests();
  /// Sends what is to be sent, unless that goes on already.
  void pump();
  Task write_all();
  void close_if_done();
  void reset();

  TlsStream& stream_;
  Shared& shared_;
  const std::string peer_;
  /// Keeps the stream.
  const std::shared_ptr<void> owner_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, ExchangePtr> exchanges_;
  std::vector<std::int32_t> whole_;
  std::string out_;
  bool writing_ = false;
  bool stopping_ = false;
  bool cut_ = false;
  /// The exchanges are gone, of which nghttp2 still knows: it is not asked for anything any more.
  bool dead_ = false;
};

}  // namespace mesh::simulator
