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

/// Rings the session from any thread as long as it lives.
class Bell {
 public:
  Bell(asio::any_io_executor executor, std::function<void()> ring)
      : executor_(std::move(executor)), ring_(std::move(ring)) {}
  void ring() {
    const std::lock_guard lock(mutex_);
    if (ring_) asio::post(executor_, ring_);
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    ring_ = nullptr;
  }

 private:
  std::mutex mutex_;
  asio::any_io_executor executor_;
  std::function<void()> ring_;
};

ApiResponse bad_request() {
  ApiResponse response;
  response.status = 400;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "400 Bad Request";
  return response;
}

ApiResponse failed_answer() {
  ApiResponse response;
  response.status = 500;
  response.body =
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
      R"("message":"This is a bug of the simulator: it could not answer.","reason":"InternalError","code":500})"
      "\n";
  return response;
}

/// Runs on a worker; the caller goes on where it was.
asio::awaitable<ApiResponse> made_by(asio::thread_pool& workers, const std::function<ApiResponse()>& answer) {
  return asio::co_spawn(
      workers,
      [&answer]() -> asio::awaitable<ApiResponse> {
        try {
          co_return answer();
        } catch (const std::exception&) {
          co_return failed_answer();
        }
      },
      asio::use_awaitable);
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
    if (self->idle_) self->reset();
  });
}

Session::Task Session::serve() {
  timer_.expires_after(handshake_time);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->reset();
  });
  co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
  timer_.cancel();
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
  if (!error) co_await http::async_read(stream_, buffer_, parser, keeping(error));
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
  const Arrival nothing{};
  co_return co_await write_whole(nothing, std::move(response), Treatment::How::whole, false);
}

Arrival Session::arrival_of(HttpRequest& request) const {
  const std::string_view target(request.target().data(), request.target().size());
  Arrival arrival{.target = parse_target(target), .request = {}, .at = shared_.clock.wall()};
  ApiRequest& api = arrival.request;
  api.method = std::string(request.method_string());
  api.path = arrival.target.path;
  api.query = arrival.target.query;
  api.remote_address = peer_;
  for (const auto& field : request) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string& value = api.headers[name];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  api.body = std::move(request.body());
  return arrival;
}

Session::Asked<bool> Session::exchange(HttpRequest request) {
  const bool keep = request.keep_alive();
  const Arrival arrival = arrival_of(request);
  Treatment treatment;
  if (arrival.request.body.size() > shared_.largest_body) {
    treatment.answer = [this] { return too_large(shared_.largest_body); };
  } else {
    treatment = shared_.site.treat(arrival);
  }
  if (treatment.delay.count() > 0) co_await sleep(treatment.delay);
  if (treatment.how == Treatment::How::drop) {
    reset();
    co_return false;
  }
  ApiResponse response = co_await made_by(shared_.workers, treatment.answer);
  if (response.upgrade && treatment.how == Treatment::How::whole) {
    co_await upgrade(arrival, request, *response.upgrade);
    co_return false;
  }
  if (response.stream) co_return co_await write_stream(arrival, std::move(response), treatment.how);
  co_return co_await write_whole(arrival, std::move(response), treatment.how, keep);
}

Session::Asked<bool> Session::write_whole(const Arrival& arrival, ApiResponse response, Treatment::How how, bool keep) {
  if (wants_gzip(arrival.request, response)) {
    response.body = gzipped(response.body);
    response.headers.emplace("Content-Encoding", "gzip");
    response.headers.emplace("Vary", "Accept-Encoding");
  }
  const bool go_on = keep && how == Treatment::How::whole && !shared_.stopping;
  const std::string head = head_text({.status = response.status,
                                      .content_type = response.content_type,
                                      .headers = std::move(response.headers),
                                      .length = response.body.size(),
                                      .close = !go_on},
                                     shared_.clock.wall());
  if (arrival.request.method == "HEAD") response.body.clear();
  if (!arrival.request.method.empty()) {
    shared_.site.answered(arrival, response.status, response.body.size(), Site::Stage::complete);
  }
  if (how == Treatment::How::whole) {
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(response.body)};
    co_await asio::async_write(stream_, parts, asio::use_awaitable);
    co_return go_on;
  }
  std::string half = head + response.body.substr(0, response.body.size() / 2);
  co_await write_text(std::move(half));
  if (how == Treatment::How::cut) reset();
  co_return false;
}

Session::Asked<bool> Session::write_stream(const Arrival& arrival, ApiResponse response, Treatment::How how) {
  shared_.site.answered(arrival, response.status, 0, Site::Stage::started);
  // A stream takes the connection to its end: only so its client is seen to go.
  // g++ 12 destroys twice what a braced list makes inside a co_await: such values get names in this file.
  std::string head = head_text({.status = response.status,
                                .content_type = response.content_type,
                                .headers = std::move(response.headers),
                                .length = std::nullopt,
                                .close = true},
                               shared_.clock.wall());
  co_await write_text(std::move(head));
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->watch_peer(); }, asio::detached);
  const auto bell = std::make_shared<Bell>(stream_.get_executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->woken_ = true;
    self->timer_.cancel();
  });
  const std::shared_ptr<EventStream> stream = response.stream;
  stream->on_ready([bell] { bell->ring(); });
  // However this ends, also by a throw.
  const std::shared_ptr<void> at_end(nullptr, [stream, bell](void*) {
    stream->on_ready({});
    bell->silence();
  });
  std::size_t bytes = 0;
  bool ended = false;
  while (!gone_ && !ended && how == Treatment::How::whole) {
    EventStream::Chunk chunk = stream->take();
    ended = chunk.ended;
    bytes += chunk.text.size();
    std::string text = chunk.text.empty() ? std::string() : chunk_text(chunk.text);
    if (!text.empty()) co_await write_text(std::move(text));
    if (!ended && chunk.text.empty()) co_await wait_for(*stream);
  }
  shared_.site.answered(arrival, response.status, bytes, Site::Stage::complete);
  if (how == Treatment::How::cut) reset();
  std::string last = chunk_text({});
  if (how == Treatment::How::whole && stream_.next_layer().is_open()) co_await write_text(std::move(last));
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

Session::Task Session::watch_peer() {
  error_code error;
  while (!error) co_await stream_.async_read_some(asio::buffer(ignored_), keeping(error));
  gone_ = true;
  timer_.cancel();
}

Session::Task Session::write_text(std::string text) {
  co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
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
