#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "providers/simulator/server/session.h"

namespace mesh::simulator {

Session::Task Session::upgrade(const Arrival&, const HttpRequest&, const Upgrade&) { co_return; }

}  // namespace mesh::simulator
