#include "providers/simulator/server/channels.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

void reset(TlsStream& stream) {
  error_code ignored;
  stream.next_layer().close(ignored);
}

class TlsChannel final : public ByteChannel {
 public:
  TlsChannel(TlsStream& stream, boost::beast::flat_buffer& came, std::shared_ptr<void> owner)
      : stream_(stream), came_(came), owner_(std::move(owner)) {}

  asio::awaitable<std::size_t> read(std::span<char> room) override {
    if (came_.size() > 0) {
      const std::size_t count = asio::buffer_copy(asio::buffer(room.data(), room.size()), came_.data());
      came_.consume(count);
      co_return count;
    }
    error_code error;
    const std::size_t count = co_await stream_.async_read_some(asio::buffer(room.data(), room.size()),
                                                               asio::redirect_error(asio::use_awaitable, error));
    // Go's clients close without a farewell of TLS.
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
    if (error) throw boost::system::system_error(error);
    co_return count;
  }
  asio::awaitable<void> write(std::string_view bytes) override {
    co_await asio::async_write(stream_, asio::buffer(bytes), asio::use_awaitable);
  }
  void reset() override { simulator::reset(stream_); }
  asio::any_io_executor executor() override { return stream_.get_executor(); }

 private:
  TlsStream& stream_;
  boost::beast::flat_buffer& came_;
  const std::shared_ptr<void> owner_;
};

class WebSocketChannel final : public ByteChannel {
 public:
  WebSocketChannel(std::unique_ptr<WebSocket> socket, std::shared_ptr<void> owner)
      : owner_(std::move(owner)), socket_(std::move(socket)) {}

  asio::awaitable<std::size_t> read(std::span<char> room) override {
    std::size_t count = 0;
    error_code error;
    // An empty message is not the end.
    while (count == 0 && !error) {
      count = co_await socket_->async_read_some(asio::buffer(room.data(), room.size()),
                                                asio::redirect_error(asio::use_awaitable, error));
    }
    if (error == websocket::error::closed || error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
      co_return 0;
    }
    if (error) throw boost::system::system_error(error);
    co_return count;
  }
  asio::awaitable<void> write(std::string_view bytes) override {
    co_await socket_->async_write(asio::buffer(bytes), asio::use_awaitable);
  }
  void reset() override { simulator::reset(socket_->next_layer()); }
  asio::any_io_executor executor() override { return socket_->get_executor(); }

 private:
  // Before the socket, so that it goes after it.
  const std::shared_ptr<void> owner_;
  const std::unique_ptr<WebSocket> socket_;
};

}  // namespace

std::shared_ptr<ByteChannel> tls_channel(TlsStream& stream, boost::beast::flat_buffer& came,
                                         std::shared_ptr<void> owner) {
  return std::make_shared<TlsChannel>(stream, came, std::move(owner));
}

std::shared_ptr<ByteChannel> web_socket_channel(std::unique_ptr<WebSocket> socket, std::shared_ptr<void> owner) {
  return std::make_shared<WebSocketChannel>(std::move(socket), std::move(owner));
}

}  // namespace mesh::simulator
