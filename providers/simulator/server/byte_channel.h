#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>
#include <string_view>

namespace mesh::simulator {

/// Bytes to and from a client whose request became a connection of its own. One read and one write may wait at a time;
/// what goes wrong throws boost::system::system_error.
class ByteChannel {
 public:
  ByteChannel() = default;
  ByteChannel(const ByteChannel&) = delete;
  ByteChannel& operator=(const ByteChannel&) = delete;
  virtual ~ByteChannel() = default;

  /// How many have come; 0: the client has closed its end.
  virtual boost::asio::awaitable<std::size_t> read(std::span<char> room) = 0;
  /// Keeps nothing of `bytes` when it is done.
  virtual boost::asio::awaitable<void> write(std::string_view bytes) = 0;
  /// Breaks what waits.
  virtual void reset() = 0;
  virtual boost::asio::any_io_executor executor() = 0;
};

}  // namespace mesh::simulator
