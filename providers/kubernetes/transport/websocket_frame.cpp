#include "providers/kubernetes/transport/websocket_frame.h"

#include <openssl/evp.h>

#include <utility>

#include "engine/base/digest.h"

namespace mesh::kubernetes {
namespace {

constexpr unsigned char final_bit = 0x80;
constexpr unsigned char mask_bit = 0x80;
constexpr std::size_t largest_short = 125;
constexpr std::size_t two_bytes_follow = 126;
constexpr std::size_t eight_bytes_follow = 127;

tl::unexpected<TransportError> broken(const char* why) {
  return tl::unexpected(TransportError{.fault = Fault::reset, .detail = why});
}

bool is_control(Opcode opcode) { return static_cast<unsigned char>(opcode) >= 8; }

bool is_known(unsigned char opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

/// A big-endian number.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void append_number(std::string& bytes, std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i > 0; --i) bytes += static_cast<char>(number >> (8 * (i - 1)) & 0xFFU);
}

}  // namespace

std::string encode_frame(Opcode opcode, std::string_view payload, const std::array<unsigned char, 4>& mask) {
  std::string frame(1, static_cast<char>(final_bit | static_cast<unsigned char>(opcode)));
  if (payload.size() <= largest_short) {
    append_number(frame, mask_bit | payload.size(), 1);
  } else if (payload.size() <= 0xFFFF) {
    append_number(frame, mask_bit | two_bytes_follow, 1);
    append_number(frame, payload.size(), 2);
  } else {
    append_number(frame, mask_bit | eight_bytes_follow, 1);
    append_number(frame, payload.size(), 8);
  }
  for (const unsigned char byte : mask) frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask.at(i % mask.size()));
  }
  return frame;
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

tl::expected<std::optional<WebSocketReader::Frame>, TransportError> WebSocketReader::take_frame() {
  if (buffer_.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(buffer_[0]);
  const auto second = static_cast<unsigned char>(buffer_[1]);
  if ((first & 0x70U) != 0) return broken("a WebSocket frame has reserved bits");
  if ((second & mask_bit) != 0) return broken("a WebSocket frame of the server is masked");
  const unsigned char opcode = first & 0x0FU;
  if (!is_known(opcode)) return broken("a WebSocket frame has an unknown type");
  std::uint64_t size = second & 0x7FU;
  std::size_t head = 2;
  if (size == two_bytes_follow || size == eight_bytes_follow) {
    const std::size_t more = size == two_bytes_follow ? 2 : 8;
    if (buffer_.size() < head + more) return std::nullopt;
    size = number_at(buffer_, head, more);
    head += more;
  }
  Frame frame{.final = (first & final_bit) != 0, .opcode = static_cast<Opcode>(opcode)};
  if (is_control(frame.opcode) && (!frame.final || size > largest_short)) {
    return broken("a WebSocket control frame is too long or in pieces");
  }
  if (size > largest_) {
    return tl::unexpected(TransportError{.fault = Fault::too_large, .detail = "a WebSocket frame is too long"});
  }
  if (buffer_.size() < head + size) return std::nullopt;
  frame.payload = buffer_.substr(head, size);
  buffer_.erase(0, head + size);
  return frame;
}

tl::expected<std::optional<WebSocketMessage>, TransportError> WebSocketReader::next() {
  while (true) {
    auto frame = take_frame();
    if (!frame) return tl::unexpected(std::move(frame.error()));
    if (!*frame) return std::nullopt;
    Frame& one = **frame;
    if (is_control(one.opcode)) return WebSocketMessage{one.opcode, std::move(one.payload)};
    if ((one.opcode == Opcode::continuation) != begun_.has_value()) {
      return broken("the pieces of a WebSocket message are out of order");
    }
    if (!begun_) begun_ = WebSocketMessage{one.opcode, {}};
    begun_->payload += one.payload;
    if (begun_->payload.size() > largest_) {
      return tl::unexpected(TransportError{.fault = Fault::too_large, .detail = "a WebSocket message is too long"});
    }
    if (one.final) return std::exchange(begun_, std::nullopt);
  }
}

}  // namespace mesh::kubernetes
