#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "providers/kubernetes/transport/transport.h"

namespace mesh::kubernetes {

/// Connects with a connection of its own over HTTP/1.1 and asks for a WebSocket. The request names the subprotocols
/// (`Sec-WebSocket-Protocol`); all other headers of an upgrade are added here.
UpgradeResult open_websocket(const Call& call, const TransportOptions& options, std::chrono::milliseconds timeout,
                             const std::stop_token& stop);

}  // namespace mesh::kubernetes
