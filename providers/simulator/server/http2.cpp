#include "providers/simulator/server/http2.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <utility>

#include "engine/base/lower_case.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t readable_body = 64U << 20U;
constexpr std::size_t written_at_once = 64U << 10U;
/// A stream whose client reads slowly waits from here on.
constexpr std::size_t largest_backlog = 4U << 20U;

auto keeping(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

nghttp2_nv field(const std::string& name, const std::string& value) {
  // The library copies both.
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

/// What nghttp2 calls while it reads and writes.
struct Http2::Callbacks {
  static Exchange* find(nghttp2_session* session, std::int32_t id) {
    return static_cast<Exchange*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    auto* self = static_cast<Http2*>(user);
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    const auto exchange = std::make_shared<Exchange>(self->stream_.get_executor());
    self->exchanges_[frame->hd.stream_id] = exchange;
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, exchange.get());
    return 0;
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t, void*) {
    Exchange* exchange = find(session, frame->hd.stream_id);
    if (exchange == nullptr) return 0;
    std::string key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":method") {
      exchange->request.method = text;
    } else if (key == ":path") {
      exchange->target = text;
    } else if (!key.starts_with(':')) {
      add_header(exchange->request.headers, std::move(key), text);
    }
    return 0;
  }

  static int data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void*) {
    Exchange* exchange = find(session, id);
    if (exchange == nullptr || exchange->request.body.size() > readable_body) return 0;
    exchange->request.body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool of_request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (of_request && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      static_cast<Http2*>(user)->whole_.push_back(frame->hd.stream_id);
    }
    return 0;
  }

  static int close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    auto* self = static_cast<Http2*>(user);
    const auto found = self->exchanges_.find(id);
    if (found == self->exchanges_.end()) return 0;
    found->second->closed = true;
    found->second->timer.cancel();
    self->exchanges_.erase(found);
    return 0;
  }
};

Http2::Http2(TlsStream& stream, Shared& shared, std::string peer, std::shared_ptr<void> owner)
    : stream_(stream), shared_(shared), peer_(std::move(peer)), owner_(std::move(owner)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::close);
  const int error = nghttp2_session_server_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  if (error != 0) throw std::bad_alloc();
  // As the API server has them (apiserver, secure_serving.go).
  const std::array<nghttp2_settings_entry, 2> settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 256U << 10U}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 25 << 20);
}

Http2::~Http2() { nghttp2_session_del(session_); }

Http2::Task Http2::run() {
  std::array<std::uint8_t, 16384> buffer{};
  pump();
  for (;;) {
    error_code error;
    const std::size_t size = co_await stream_.async_read_some(asio::buffer(buffer), keeping(error));
    if (error || nghttp2_session_mem_recv(session_, buffer.data(), size) < 0) break;
    start_whole_requests();
    pump();
    if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0) break;
  }
  dead_ = true;
  for (const auto& [id, exchange] : exchanges_) {
    exchange->closed = true;
    exchange->timer.cancel();
  }
  exchanges_.clear();
  reset();
}

void Http2::stop() {
  if (dead_) return;
  stopping_ = true;
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
  for (const auto& [id, exchange] : exchanges_) exchange->timer.cancel();
  pump();
}

void Http2::start_whole_requests() {
  for (const std::int32_t id : std::exchange(whole_, {})) {
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end() || found->second->whole) continue;
    found->second->whole = true;
    asio::co_spawn(
        stream_.get_executor(),
        [self = shared_from_this(), id, exchange = found->second] { return self->serve(id, exchange); },
        [self = shared_from_this()](const std::exception_ptr& error) {
          if (error) self->reset();
        });
  }
}

void Http2::pump() {
  if (writing_ || dead_) return;
  writing_ = true;
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->write_all(); },
      [self = shared_from_this()](const std::exception_ptr& error) {
        if (error) self->reset();
      });
}

Http2::Task Http2::write_all() {
  while (!dead_) {
    out_.clear();
    const std::uint8_t* bytes = nullptr;
    ssize_t size = 0;
    while (out_.size() < written_at_once && (size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
      out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    if (out_.empty()) break;
    co_await asio::async_write(stream_, asio::buffer(out_), asio::use_awaitable);
  }
  writing_ = false;
  if (cut_) reset();
  close_if_done();
}

void Http2::close_if_done() {
  if (!stopping_ || !exchanges_.empty()) return;
  error_code ignored;
  stream_.next_layer().close(ignored);
}

void Http2::reset() {
  error_code ignored;
  stream_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.next_layer().close(ignored);
}

/// Gives nghttp2 what of the body is there.
ssize_t Http2::read(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room, std::uint32_t* flags,
                    nghttp2_data_source* source, void*) {
  auto* exchange = static_cast<Exchange*>(source->ptr);
  const std::size_t size = std::min(room, exchange->text.size() - exchange->sent);
  std::copy_n(exchange->text.data() + exchange->sent, size, to);
  exchange->sent += size;
  if (exchange->sent == exchange->text.size()) {
    if (exchange->finished) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    } else if (size == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
  }
  return static_cast<ssize_t>(size);
}

Http2::Task Http2::serve(std::int32_t id, ExchangePtr exchange) {
  exchange->request.remote_address = peer_;
  const IncomingRequest incoming =
      simulator::incoming(exchange->target, std::move(exchange->request), shared_.clock.wall());
  const ResponsePlan plan = plan_of(shared_, incoming);
  if (plan.delay.count() > 0 && !exchange->closed) {
    exchange->timer.expires_after(plan.delay);
    error_code ignored;
    co_await exchange->timer.async_wait(keeping(ignored));
  }
  if (plan.how == ResponsePlan::How::drop) reset();
  if (exchange->closed || plan.how == ResponsePlan::How::drop) co_return;
  std::optional<ApiResponse> made = co_await answer_of(shared_, plan, incoming);
  if (!made) {
    co_await stay_silent(id, exchange);
  }
  if (exchange->closed) co_return;
  ApiResponse response = std::move(*made);
  if (response.stream && plan.how == ResponsePlan::How::whole) {
    co_await write_stream(id, exchange, incoming, response);
    co_return;
  }
  compress(incoming.request, response);
  const std::size_t length = response.body.size();
  shared_.handler.answered(incoming, response.status, length, RequestHandler::Progress::complete);
  exchange->text = std::move(response.body);
  if (plan.how != ResponsePlan::How::whole) exchange->text.resize(length / 2);
  cut_ = cut_ || plan.how == ResponsePlan::How::cut;
  exchange->finished = plan.how != ResponsePlan::How::cut;
  if (incoming.request.method == "HEAD") exchange->text.clear();
  submit(id, *exchange, response, response.stream ? std::nullopt : std::optional(length));
  pump();
}

Http2::Task Http2::stay_silent(std::int32_t id, ExchangePtr exchange) {
  while (!exchange->closed && !stopping_) {
    exchange->timer.expires_at(TimePoint::max());
    error_code ignored;
    co_await exchange->timer.async_wait(keeping(ignored));
  }
  if (exchange->closed) co_return;
  exchange->closed = true;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  pump();
}

void Http2::submit(std::int32_t id, Exchange& exchange, const ApiResponse& response,
                   std::optional<std::size_t> length) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back(":status", std::to_string(response.status));
  for (const auto& [name, value] : response.headers) {
    std::string lower = lower_case(name);
    lines.emplace_back(std::move(lower), value);
  }
  if (!response.content_type.empty()) lines.emplace_back("content-type", response.content_type);
  lines.emplace_back("date", http_date(shared_.clock.wall()));
  if (length) lines.emplace_back("content-length", std::to_string(*length));
  std::vector<nghttp2_nv> fields;
  fields.reserve(lines.size());
  for (const auto& [name, value] : lines) fields.push_back(field(name, value));
  nghttp2_data_provider provider{};
  provider.source.ptr = &exchange;
  provider.read_callback = Http2::read;
  nghttp2_submit_response(session_, id, fields.data(), fields.size(), &provider);
}

Http2::Task Http2::write_stream(std::int32_t id, ExchangePtr exchange, const IncomingRequest& incoming,
                                const ApiResponse& response) {
  shared_.handler.answered(incoming, response.status, 0, RequestHandler::Progress::started);
  submit(id, *exchange, response, std::nullopt);
  pump();
  const auto waker = std::make_shared<Waker>(stream_.get_executor(), [exchange] {
    exchange->woken = true;
    exchange->timer.cancel();
  });
  const std::shared_ptr<EventStream> stream = response.stream;
  stream->on_ready([waker] { waker->ring(); });
  const std::shared_ptr<void> at_end(nullptr, [stream, waker](void*) {
    stream->on_ready({});
    waker->silence();
  });
  std::size_t bytes = 0;
  while (!exchange->closed && !exchange->finished) {
    if (shared_.handler.silent(incoming)) {
      co_await stay_silent(id, exchange);
      break;
    }
    EventStream::Chunk chunk = stream->take();
    bytes += chunk.text.size();
    exchange->text.erase(0, std::exchange(exchange->sent, 0));
    exchange->text += chunk.text;
    exchange->finished = chunk.ended || stopping_;
    if (exchange->finished)
      shared_.handler.answered(incoming, response.status, bytes, RequestHandler::Progress::complete);
    if (!chunk.text.empty() || exchange->finished) {
      nghttp2_session_resume_data(session_, id);
      pump();
    }
    const bool full = exchange->text.size() > largest_backlog;
    if (exchange->finished || (!chunk.text.empty() && !full)) continue;
    if (!exchange->woken || full) {
      exchange->timer.expires_at(full ? TimePoint::clock::now() + std::chrono::milliseconds(20)
                                      : stream->due().value_or(TimePoint::max()));
      error_code ignored;
      co_await exchange->timer.async_wait(keeping(ignored));
    }
    exchange->woken = false;
  }
  if (!exchange->finished)
    shared_.handler.answered(incoming, response.status, bytes, RequestHandler::Progress::complete);
}

}  // namespace mesh::simulator
