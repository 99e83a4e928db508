#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cctype>
#include <utility>

#include "providers/simulator/server/http2.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

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
  exchange->parts.peer = peer_;
  const IncomingRequest incoming = simulator::incoming(std::move(exchange->parts), shared_.clock.wall());
  ResponsePlan plan;
  if (incoming.request.body.size() > shared_.largest_body) {
    plan.answer = [this] { return too_large(shared_.largest_body); };
  } else {
    plan = shared_.handler.plan_response(incoming);
  }
  if (plan.delay.count() > 0 && !exchange->closed) {
    exchange->timer.expires_after(plan.delay);
    error_code ignored;
    co_await exchange->timer.async_wait(keeping(ignored));
  }
  if (plan.how == ResponsePlan::How::drop) reset();
  if (exchange->closed || plan.how == ResponsePlan::How::drop) co_return;
  ApiResponse response = co_await made_by(shared_, plan.answer);
  if (exchange->closed) co_return;
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

void Http2::submit(std::int32_t id, Exchange& exchange, const ApiResponse& response,
                   std::optional<std::size_t> length) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back(":status", std::to_string(response.status));
  for (const auto& [name, value] : response.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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
