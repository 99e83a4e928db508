#include "providers/simulator/server/session.h"

#include <fmt/format.h>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <optional>
#include <utility>

#include "providers/simulator/server/exec_stream.h"
#include "providers/simulator/server/http2.h"
#include "providers/simulator/server/waker.h"

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

ApiResponse too_large(const Shared& shared) {
  return failure_status(413, "RequestEntityTooLarge",
                        fmt::format("Request entity too large: limit is {}", shared.largest_body));
}

ApiResponse made_now(const Shared& shared, const ResponsePlan& plan) {
  try {
    if (!shared.abandoned) return plan.answer();
  } catch (const std::exception&) {
    // What is thrown is a bug, and ends no more than this request.
  }
  return failure_status(500, "InternalError", "This is a bug of the simulator: it could not answer.");
}

}  // namespace

ResponsePlan plan_of(Shared& shared, const IncomingRequest& incoming) {
  if (incoming.request.body.size() <= shared.largest_body) return shared.handler.plan_response(incoming);
  return {.answer = [&shared] { return too_large(shared); }};
}

asio::awaitable<std::optional<ApiResponse>> answer_of(Shared& shared, const ResponsePlan& plan,
                                                      const IncomingRequest& incoming) {
  if (plan.how == ResponsePlan::How::silent) co_return std::nullopt;
  std::optional<ApiResponse> response = co_await asio::co_spawn(
      shared.workers, [&]() -> asio::awaitable<ApiResponse> { co_return made_now(shared, plan); }, asio::use_awaitable);
  if (shared.handler.silent(incoming)) response.reset();
  co_return response;
}

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
      http2->stop();
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

bool Session::chose_http2() {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(stream_.native_handle(), &chosen, &size);
  return std::string_view(reinterpret_cast<const char*>(chosen), size) == "h2";
}

Session::Task Session::serve_http2() {
  const auto http2 = std::make_shared<Http2>(stream_, shared_, peer_, shared_from_this());
  http2_ = http2;
  if (shared_.stopping) http2->stop();
  co_await http2->run();
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
    co_return co_await refuse(too_large(shared_));
  }
  const bool malformed = error && error.category() == make_error_code(http::error::bad_method).category();
  if (malformed && error != http::error::end_of_stream && error != http::error::partial_message) {
    co_return co_await refuse(plain_text(400, "400 Bad Request"));
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
  ApiRequest made{.method = std::string(request.method_string()), .path = {}, .body = std::move(request.body())};
  for (const auto& field : request) {
    add_header(made.headers, std::string(field.name_string()), std::string(field.value()));
  }
  made.remote_address = peer_;
  return incoming(request.target(), std::move(made), shared_.clock.wall());
}

Session::Asked<bool> Session::exchange(HttpRequest request) {
  const bool keep = request.keep_alive();
  const IncomingRequest incoming = incoming_of(request);
  const ResponsePlan plan = plan_of(shared_, incoming);
  if (plan.delay.count() > 0) {
    co_await sleep(plan.delay);
  }
  if (plan.how == ResponsePlan::How::drop) {
    reset();
    co_return false;
  }
  std::optional<ApiResponse> response = co_await answer_of(shared_, plan, incoming);
  if (!response) {
    watch_peer();
    co_await stay_silent();
    co_return false;
  }
  if (response->upgrade && plan.how == ResponsePlan::How::whole) {
    co_await upgrade(incoming, request, *response->upgrade);
    co_return false;
  }
  if (response->stream) {
    co_return co_await write_stream(incoming, std::move(*response), plan.how);
  }
  co_return co_await write_whole(incoming, std::move(*response), plan.how, keep);
}

Session::Task Session::upgrade(const IncomingRequest& incoming, const HttpRequest& request, const Upgrade& desired) {
  std::shared_ptr<PodBackend> pods = shared_.handler.pods(incoming.target.cluster);
  const std::string refusal = pods ? exec_refusal(request, desired) : "unable to upgrade: no pod runs here";
  if (refusal.empty()) {
    shared_.handler.answered(incoming, 101, 0, RequestHandler::Progress::complete);
    co_await serve_exec(stream_, request, shared_, std::move(pods), desired);
    co_return;
  }
  ApiResponse response = plain_text(400, refusal);
  co_await write_whole(incoming, std::move(response), ResponsePlan::How::whole, false);
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

Session::Asked<bool> Session::write_whole(const IncomingRequest& incoming, ApiResponse response, ResponsePlan::How how,
                                          bool keep) {
  compress(incoming.request, response);
  const bool go_on = keep && how == ResponsePlan::How::whole && !shared_.stopping;
  const std::string head = head_text({.status = response.status,
                                      .content_type = response.content_type,
                                      .headers = std::move(response.headers),
                                      .length = response.body.size(),
                                      .close = !go_on},
                                     shared_.clock.wall());
  if (incoming.request.method == "HEAD") response.body.clear();
  if (!incoming.request.method.empty()) {
    shared_.handler.answered(incoming, response.status, response.body.size(), RequestHandler::Progress::complete);
  }
  if (how == ResponsePlan::How::whole) {
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(response.body)};
    co_await asio::async_write(stream_, parts, asio::use_awaitable);
    co_return go_on;
  }
  std::string half = head + response.body.substr(0, response.body.size() / 2);
  co_await write_text(std::move(half));
  if (how == ResponsePlan::How::cut) reset();
  co_return false;
}

Session::Asked<bool> Session::write_stream(const IncomingRequest& incoming, ApiResponse response,
                                           ResponsePlan::How how) {
  shared_.handler.answered(incoming, response.status, 0, RequestHandler::Progress::started);
  // A stream takes the connection to its end: only so its client is seen to go.
  // g++ 12 destroys twice what a braced list makes inside a co_await: such values get names in this file.
  std::string head = head_text({.status = response.status,
                                .content_type = response.content_type,
                                .headers = std::move(response.headers),
                                .length = std::nullopt,
                                .close = true},
                               shared_.clock.wall());
  co_await write_text(std::move(head));
  watch_peer();
  const auto waker = std::make_shared<Waker>(stream_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->woken_ = true;
    self->timer_.cancel();
  });
  const std::shared_ptr<EventStream> stream = response.stream;
  stream->on_ready([waker] { waker->ring(); });
  // However this ends, also by a throw.
  const std::shared_ptr<void> at_end(nullptr, [stream, waker](void*) {
    stream->on_ready({});
    waker->silence();
  });
  std::size_t bytes = 0;
  bool ended = false;
  while (!gone_ && !ended && how == ResponsePlan::How::whole) {
    if (shared_.handler.silent(incoming)) {
      co_await stay_silent();
      break;
    }
    EventStream::Chunk chunk = stream->take();
    ended = chunk.ended;
    bytes += chunk.text.size();
    std::string text = chunk.text.empty() ? std::string() : chunk_text(chunk.text);
    if (!text.empty()) {
      co_await write_text(std::move(text));
    }
    if (!ended && chunk.text.empty()) {
      co_await wait_for(*stream);
    }
  }
  shared_.handler.answered(incoming, response.status, bytes, RequestHandler::Progress::complete);
  if (how == ResponsePlan::How::cut) reset();
  std::string last = chunk_text({});
  if (how == ResponsePlan::How::whole && stream_.next_layer().is_open()) {
    co_await write_text(std::move(last));
  }
  co_return false;
}

Session::Task Session::wait_for(EventStream& stream) {
  if (!woken_) {
    timer_.expires_at(stream.due().value_or(TimePoint::max()));
    error_code ignored;
    co_await timer_.async_wait(keeping(ignored));
  }
  woken_ = false;
}

void Session::watch_peer() {
  stream_.async_read_some(asio::buffer(ignored_), [self = shared_from_this()](error_code error, std::size_t) {
    if (!error) return self->watch_peer();
    self->gone_ = true;
    self->timer_.cancel();
  });
}

Session::Task Session::stay_silent() {
  while (!gone_) {
    timer_.expires_at(TimePoint::max());
    error_code ignored;
    co_await timer_.async_wait(keeping(ignored));
  }
  reset();
}

Session::Task Session::write_text(std::string text) {
  co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
}

}  // namespace mesh::simulator
