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

/// What the handler plans; 413 for a body above the limit.
ResponsePlan plan_of(Shared& shared, const IncomingRequest& incoming);

/// Makes the answer on a worker; the caller goes on where it was. What is thrown becomes 500. Nothing: stay silent.
boost::asio::awaitable<std::optional<ApiResponse>> answer_of(Shared& shared, const ResponsePlan& plan,
                                                             const IncomingRequest& incoming);

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

class Http2;

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
  /// When the client chose HTTP/2.
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
  /// Notices when a client leaves that sends nothing more.
  void watch_peer();
  /// Writes nothing more. Returns when the client has left or the listener stops, with the connection closed.
  Task stay_silent();
  /// Answers with a WebSocket, or refuses it.
  Task upgrade(const IncomingRequest& incoming, const HttpRequest& request, const Upgrade& desired);
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
  bool idle_ = true;
  bool woken_ = false;
  bool gone_ = false;
};

}  // namespace mesh::simulator
