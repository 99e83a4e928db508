#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// What is spoken on a connection to a pod, by the names of Kubernetes (X-Stream-Protocol-Version).
namespace protocol {
inline constexpr std::string_view port_forward = "portforward.k8s.io";
/// Before a protocol that is spoken in SPDY in the messages of a WebSocket.
inline constexpr std::string_view tunnelled = "SPDY/3.1+";
}  // namespace protocol

/// The values of such a header, whatever separates them but commas.
std::vector<std::string> listed(std::string_view header);

/// The first that the client offers and the server speaks; empty: none.
std::string agreed(const std::vector<std::string>& offered, const std::vector<std::string>& spoken);

/// What the kubelet speaks in SPDY there, the best first.
std::vector<std::string> spdy_protocols(Upgrade::Kind kind);

/// The client wants to go on in SPDY: `Connection: Upgrade`, `Upgrade: SPDY/3.1`.
bool wants_spdy(std::string_view connection, std::string_view upgrade);

/// The kubelet's refusal to a client with which it shares no protocol; `offered` is nothing when it sent no header.
ApiResponse no_common_protocol(const std::optional<std::string>& offered, const std::vector<std::string>& spoken);

/// 101 to a client that goes on in SPDY.
std::string switching_to_spdy(std::string_view protocol);

}  // namespace mesh::simulator
