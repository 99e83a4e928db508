#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "providers/simulator/server/session.h"
#include "providers/simulator/server/waker.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

auto keeping(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

ApiResponse failed_answer() {
  ApiResponse response;
  response.status = 500;
  response.body =
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
      R"("message":"This is a bug of the simulator: it could not answer.","reason":"InternalError","code":500})"
      "\n";
  return response;
}

}  // namespace

boost::asio::awaitable<ApiResponse> made_by(Shared& shared, const std::function<ApiResponse()>& answer) {
  return asio::co_spawn(
      shared.workers,
      [&shared, &answer]() -> asio::awaitable<ApiResponse> {
        try {
          co_return shared.abandoned ? failed_answer() : answer();
        } catch (const std::exception&) {
          co_return failed_answer();
        }
      },
      asio::use_awaitable);
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
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->watch_peer(); }, asio::detached);
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

Session::Task Session::watch_peer() {
  error_code error;
  while (!error) {
    co_await stream_.async_read_some(asio::buffer(ignored_), keeping(error));
  }
  gone_ = true;
  timer_.cancel();
}

Session::Task Session::write_text(std::string text) {
  co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
}

}  // namespace mesh::simulator
