#include "providers/simulator/server/session.h"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <cctype>
#include <optional>
#include <utility>

#include "providers/simulator/server/spdy_connection.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds handshake_time{10};
/// A body is read up to here so that its sender hears that it is too large.
constexpr std::size_t readable_body = 64U << 20U;
constexpr std::size_t readable_head = 64U << 10U;

auto keeping(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

ApiResponse bad_request() {
  ApiResponse response;
  response.status = 400;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "400 Bad Request";
  return response;
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, Shared& shared)
    : shared_(shared), stream_(std::move(socket), shared.tls), timer_(stream_.get_executor()) {
  ++shared_.sessions;
  error_code ignored;
  stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto peer = stream_.next_layer().remote_endpoint(ignored);
  peer_ = ignored ? std::string() : peer.address().to_string();
}

Session::~Session() { --shared_.sessions; }

void Session::start() {
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->serve(); },
      // What a broken connection throws ends that connection alone.
      [self = shared_from_this()](const std::exception_ptr& error) {
        if (error) self->reset();
      });
}

void Session::stop() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->gone_ = true;
    self->timer_.cancel();
    if (const auto http2 = self->http2_.lock()) {
      stop_http2(*http2);
    } else if (const auto spdy = self->spdy_.lock()) {
      spdy->end();
    } else if (self->idle_) {
      self->reset();
    }
  });
}

void Session::abandon() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->gone_ = true;
    self->timer_.cancel();
    self->reset();
  });
}

Session::Task Session::serve() {
  timer_.expires_after(handshake_time);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->reset();
  });
  co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
  timer_.cancel();
  if (chose_http2()) {
    co_await serve_http2();
    co_return;
  }
  while (!gone_ && !shared_.stopping && co_await next()) {
  }
  error_code ignored;
  if (!stream_.next_layer().is_open()) co_return;
  // A peer that never answers our farewell is not waited for.
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->reset();
  });
  co_await stream_.async_shutdown(keeping(ignored));
  timer_.cancel();
  stream_.next_layer().close(ignored);
}

Session::Asked<bool> Session::next() {
  http::request_parser<http::string_body> parser;
  parser.header_limit(readable_head);
  parser.body_limit(readable_body);
  error_code error;
  idle_ = true;
  co_await http::async_read_header(stream_, buffer_, parser, keeping(error));
  idle_ = false;
  if (!error && parser.get()[http::field::expect] == "100-continue") {
    std::string go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await write_text(std::move(go_ahead));
  }
  if (!error) {
    co_await http::async_read(stream_, buffer_, parser, keeping(error));
  }
  if (error == http::error::body_limit) {
    co_return co_await refuse(too_large(shared_.largest_body));
  }
  const bool malformed = error && error.category() == make_error_code(http::error::bad_method).category();
  if (malformed && error != http::error::end_of_stream && error != http::error::partial_message) {
    co_return co_await refuse(bad_request());
  }
  if (error) {
    reset();
    co_return false;
  }
  co_return co_await exchange(parser.release());
}

Session::Asked<bool> Session::refuse(ApiResponse response) {
  const IncomingRequest nothing{};
  co_return co_await write_whole(nothing, std::move(response), ResponsePlan::How::whole, false);
}

IncomingRequest Session::incoming_of(HttpRequest& request) const {
  std::map<std::string, std::string> headers;
  for (const auto& field : request) add_header(headers, std::string(field.name_string()), std::string(field.value()));
  return incoming({.method = std::string(request.method_string()),
                   .target = std::string(request.target()),
                   .headers = std::move(headers),
                   .body = std::move(request.body()),
                   .peer = peer_},
                  shared_.clock.wall());
}

Session::Asked<bool> Session::exchange(HttpRequest request) {
  const bool keep = request.keep_alive();
  const IncomingRequest incoming = incoming_of(request);
  ResponsePlan plan;
  if (incoming.request.body.size() > shared_.largest_body) {
    plan.answer = [this] { return too_large(shared_.largest_body); };
  } else {
    plan = shared_.handler.plan_response(incoming);
  }
  if (plan.delay.count() > 0) {
    co_await sleep(plan.delay);
  }
  if (plan.how == ResponsePlan::How::drop) {
    reset();
    co_return false;
  }
  ApiResponse response = co_await made_by(shared_, plan.answer);
  if (response.upgrade && plan.how == ResponsePlan::How::whole) {
    co_await upgrade(incoming, request, *response.upgrade);
    co_return false;
  }
  if (response.stream) {
    co_return co_await write_stream(incoming, std::move(response), plan.how);
  }
  co_return co_await write_whole(incoming, std::move(response), plan.how, keep);
}

Session::Task Session::sleep(std::chrono::milliseconds duration) {
  timer_.expires_after(duration);
  error_code ignored;
  co_await timer_.async_wait(keeping(ignored));
}

void Session::reset() {
  error_code ignored;
  // Zero seconds of linger make the close a reset.
  stream_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.next_layer().close(ignored);
}

}  // namespace mesh::simulator
