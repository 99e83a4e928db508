#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>

#include "providers/simulator/server/byte_channel.h"
#include "providers/simulator/server/session.h"

namespace mesh::simulator {

using WebSocket = boost::beast::websocket::stream<TlsStream&>;

/// What follows the request on its own connection, beginning with what came with it. `owner` keeps the stream.
std::shared_ptr<ByteChannel> tls_channel(TlsStream& stream, boost::beast::flat_buffer& came,
                                         std::shared_ptr<void> owner);

/// The binary messages of a WebSocket, put together; their bounds mean nothing. `owner` keeps the stream below it.
std::shared_ptr<ByteChannel> web_socket_channel(std::unique_ptr<WebSocket> socket, std::shared_ptr<void> owner);

}  // namespace mesh::simulator
