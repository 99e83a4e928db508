#pragma once

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "engine/port/clock.h"
#include "providers/simulator/server/request_handler.h"

namespace mesh::simulator {

/// What all connections of a listener share.
struct Shared {
  boost::asio::thread_pool workers;
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_server};
  RequestHandler& handler;
  Clock& clock;
  std::size_t largest_body;
  std::atomic<bool> stopping = false;
  /// Answers that are not begun are not made any more.
  std::atomic<bool> abandoned = false;
  std::atomic<int> sessions = 0;
};

/// Makes an answer on a worker; the caller goes on where it was. What is thrown becomes 500.
boost::asio::awaitable<ApiResponse> made_by(Shared& shared, const std::function<ApiResponse()>& answer);

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

class ByteChannel;
class Http2;
class SpdyConnection;
void stop_http2(Http2& http2);

/// One connection. All its work runs on the strand of its socket.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::ip::tcp::socket socket, Shared& shared);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void start();
  /// Ends what waits or streams. Any thread.
  void stop();
  /// Ends it at once. Any thread.
  void abandon();

 private:
  using Task = boost::asio::awaitable<void>;
  template <class T>
  using Asked = boost::asio::awaitable<T>;

  Task serve();
  /// http2.cpp: when the client chose HTTP/2.
  Task serve_http2();
  bool chose_http2();
  /// False: the connection ends.
  Asked<bool> next();
  Asked<bool> exchange(HttpRequest request);
  /// Answers what is no request and ends the connection.
  Asked<bool> refuse(ApiResponse response);
  Asked<bool> write_whole(const IncomingRequest& incoming, ApiResponse response, ResponsePlan::How how, bool keep);
  Asked<bool> write_stream(const IncomingRequest& incoming, ApiResponse response, ResponsePlan::How how);
  /// Until the stream has something or the connection ends.
  Task wait_for(EventStream& stream);
  Task write_text(std::string text);
  /// Sees a client go that only listens.
  Task watch_peer();
  /// upgrade.cpp: what happens instead of an answer.
  Task upgrade(const IncomingRequest& incoming, const HttpRequest& request, const Upgrade& desired);
  Task refuse_upgrade(const IncomingRequest& incoming, ApiResponse response);
  Task upgrade_to_spdy(const IncomingRequest& incoming, const Upgrade& desired, std::shared_ptr<PodBackend> pods);
  Task upgrade_to_web_socket(const IncomingRequest& incoming, const HttpRequest& request, const Upgrade& desired,
                             std::shared_ptr<PodBackend> pods);
  Task talk_spdy(std::shared_ptr<ByteChannel> channel, const Upgrade& desired, std::string protocol,
                 std::shared_ptr<PodBackend> pods);
  Task sleep(std::chrono::milliseconds duration);
  void reset();
  IncomingRequest incoming_of(HttpRequest& request) const;

  Shared& shared_;
  TlsStream stream_;
  std::string peer_;
  boost::beast::flat_buffer buffer_;
  boost::asio::steady_timer timer_;
  std::array<char, 512> ignored_{};
  std::weak_ptr<Http2> http2_;
  std::weak_ptr<SpdyConnection> spdy_;
  bool idle_ = true;
  bool woken_ = false;
  bool gone_ = false;
};

}  // namespace mesh::simulator
