#include "tests/unit/simulator/server/pod_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <set>

namespace mesh::simulator::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Tls = asio::ssl::stream<asio::ip::tcp::socket>;

constexpr const char* door = "/clusters/c1/api/v1/namespaces/sp/pods/p/door";
constexpr timeval patience{.tv_sec = 20, .tv_usec = 0};

}  // namespace

class PodClient::Impl {
 public:
  explicit Impl(std::uint16_t port) : stream(io, context), socket(stream) {
    asio::ip::tcp::socket& tcp = stream.next_layer();
    tcp.connect({asio::ip::make_address("127.0.0.1"), port});
    ::setsockopt(tcp.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    stream.handshake(asio::ssl::stream_base::client);
  }

  void write(const std::string& bytes) {
    error_code error;
    if (tunnelled) {
      socket.write(asio::buffer(bytes), error);
    } else {
      asio::write(stream, asio::buffer(bytes), error);
    }
    EXPECT_FALSE(error) << error.message();
  }

  /// False: nothing more comes.
  bool read() {
    std::array<char, 65536> room{};
    error_code error;
    std::size_t count = 0;
    if (tunnelled) {
      count = socket.read_some(asio::buffer(room), error);
    } else if (came.size() > 0) {
      count = asio::buffer_copy(asio::buffer(room), came.data());
      came.consume(count);
    } else {
      count = stream.read_some(asio::buffer(room), error);
    }
    EXPECT_NE(error, asio::error::try_again) << "nothing came for too long";
    if (error) return false;
    reader.feed({room.data(), count});
    while (const auto frame = reader.next()) note(*frame);
    EXPECT_EQ(reader.problem(), "");
    return true;
  }

  void read_until(const std::function<bool()>& done) {
    while (!done()) {
      if (!read()) {
        ADD_FAILURE() << "the server closed";
        return;
      }
    }
  }

  void note(const spdy::Frame& frame) {
    if (const auto* reply = std::get_if<spdy::SynReply>(&frame)) replied.insert(reply->id);
    if (const auto* data = std::get_if<spdy::Data>(&frame)) {
      // kubectl loses what comes before the reply.
      EXPECT_TRUE(replied.contains(data->id));
      heard[data->id] += data->bytes;
      if (data->last) ended.insert(data->id);
    }
    if (const auto* broken = std::get_if<spdy::RstStream>(&frame)) {
      ended.insert(broken->id);
      was_reset.insert(broken->id);
    }
    if (std::holds_alternative<spdy::GoAway>(frame)) told_to_go = true;
  }

  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  Tls stream;
  websocket::stream<Tls&> socket;
  boost::beast::flat_buffer came;
  bool tunnelled = false;
  spdy::FrameWriter writer;
  spdy::FrameReader reader;
  spdy::StreamId next = 1;
  std::map<spdy::StreamId, std::string> heard;
  std::set<spdy::StreamId> replied, ended, was_reset;
  bool told_to_go = false;
};

PodClient::PodClient(std::uint16_t port) : impl_(std::make_unique<Impl>(port)) {}
PodClient::~PodClient() = default;

PodClient::Answer PodClient::upgrade(const std::map<std::string, std::string>& headers) {
  http::request<http::empty_body> request(http::verb::post, door, 11);
  for (const auto& [name, value] : headers) request.set(name, value);
  http::write(impl_->stream, request);
  http::response_parser<http::string_body> parser;
  http::read_header(impl_->stream, impl_->came, parser);
  if (parser.get().result_int() != 101) http::read(impl_->stream, impl_->came, parser);
  return {static_cast<int>(parser.get().result_int()), parser.get().body()};
}

void PodClient::web_socket(const std::string& protocol) {
  impl_->socket.set_option(websocket::stream_base::decorator(
      [&](websocket::request_type& request) { request.set(http::field::sec_websocket_protocol, protocol); }));
  websocket::response_type answer;
  impl_->socket.handshake(answer, "127.0.0.1", door);
  EXPECT_EQ(answer[http::field::sec_websocket_protocol], protocol);
  impl_->socket.binary(true);
  impl_->tunnelled = true;
}

spdy::StreamId PodClient::open(const spdy::Headers& headers) {
  const spdy::StreamId id = std::exchange(impl_->next, impl_->next + 2);
  impl_->write(impl_->writer.bytes_of(spdy::SynStream{id, false, headers}));
  return id;
}

void PodClient::say(spdy::StreamId id, const std::string& bytes) {
  impl_->write(impl_->writer.bytes_of(spdy::Data{id, false, bytes}));
}

void PodClient::finish(spdy::StreamId id) { impl_->write(impl_->writer.bytes_of(spdy::Data{id, true, {}})); }

void PodClient::reset(spdy::StreamId id) {
  impl_->write(impl_->writer.bytes_of(spdy::RstStream{id, spdy::ResetReason::cancel}));
}

void PodClient::say_raw(const std::string& bytes) { impl_->write(bytes); }

void PodClient::wait_for(spdy::StreamId id, const std::string& text) {
  impl_->read_until([&] { return impl_->heard[id].find(text) != std::string::npos; });
}

void PodClient::wait_for_end(spdy::StreamId id) {
  impl_->read_until([&] { return impl_->ended.contains(id); });
}

void PodClient::wait_for_close() {
  while (impl_->read()) {
  }
}

std::string PodClient::heard(spdy::StreamId id) const { return impl_->heard[id]; }
bool PodClient::ended(spdy::StreamId id) const { return impl_->ended.contains(id); }
bool PodClient::was_reset(spdy::StreamId id) const { return impl_->was_reset.contains(id); }
bool PodClient::told_to_go() const { return impl_->told_to_go; }

std::string PodClient::messages() {
  boost::beast::flat_buffer told;
  error_code error;
  while (!error) impl_->socket.read(told, error);
  EXPECT_EQ(error, websocket::error::closed);
  return boost::beast::buffers_to_string(told.data());
}

}  // namespace mesh::simulator::testing
