#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A frame as a client sends it: final and masked (RFC 6455 section 5).
std::string encode_frame(Opcode opcode, std::string_view payload, const std::array<unsigned char, 4>& mask);

/// What a server must answer in `Sec-WebSocket-Accept` to that key (RFC 6455 section 4.2.2).
std::string websocket_accept(std::string_view key);

/// A message, its fragments joined, or a control frame.
struct WebSocketMessage {
  Opcode opcode = Opcode::binary;
  std::string payload = {};

  bool operator==(const WebSocketMessage&) const = default;
};

/// Joins the bytes of a server to messages.
class WebSocketReader {
 public:
  /// `largest`: of one message.
  explicit WebSocketReader(std::size_t largest) : largest_(largest) {}

  void add(std::string_view bytes) { buffer_.append(bytes); }
  /// Nothing: more bytes are needed. Errors: too_large; reset for what breaks the protocol.
  tl::expected<std::optional<WebSocketMessage>, TransportError> next();

 private:
  struct Frame {
    bool final = true;
    Opcode opcode = Opcode::binary;
    std::string payload = {};
  };
  tl::expected<std::optional<Frame>, TransportError> take_frame();

  std::size_t largest_;
  std::string buffer_ = {};
  /// A message whose last fragment is still to come.
  std::optional<WebSocketMessage> begun_ = std::nullopt;
};

}  // namespace mesh::kubernetes
