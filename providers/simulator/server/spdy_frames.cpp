#include "providers/simulator/server/spdy_frames.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "providers/simulator/server/spdy_headers.h"

namespace mesh::simulator::spdy {
namespace {

constexpr std::uint16_t version = 3;
constexpr std::size_t head_size = 8;
constexpr std::uint32_t control_bit = 0x80000000U;
constexpr std::uint32_t id_bits = 0x7FFFFFFFU;
constexpr std::uint8_t flag_last = 1;

enum Type : std::uint16_t { syn_stream = 1, syn_reply = 2, rst_stream = 3, ping = 6, go_away = 7, more_headers = 8 };

const Bytef* raw(std::string_view text) {
  // zlib's name for bytes.
  return reinterpret_cast<const Bytef*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

std::string head_of_control(std::uint16_t type, bool last, std::size_t length) {
  return number_text(control_bit | (std::uint32_t{version} << 16U) | type) +
         number_text((last ? std::uint32_t{flag_last} << 24U : 0U) | static_cast<std::uint32_t>(length));
}

std::string control_frame(std::uint16_t type, bool last, const std::string& payload) {
  return head_of_control(type, last, payload.size()) + payload;
}

}  // namespace

class FrameReader::Inflater {
 public:
  Inflater() { inflateInit(&stream_); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Nothing: not what the dictionary compresses, or more than `limit`.
  std::optional<std::string> inflated(std::string_view bytes, std::size_t limit) {
    std::string text;
    std::array<Bytef, 4096> piece{};
    stream_.next_in = const_cast<Bytef*>(raw(bytes));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = piece.data();
      stream_.avail_out = piece.size();
      int how = inflate(&stream_, Z_SYNC_FLUSH);
      if (how == Z_NEED_DICT) {
        how = inflateSetDictionary(&stream_, raw(dictionary()), static_cast<uInt>(dictionary().size()));
        if (how == Z_OK) how = inflate(&stream_, Z_SYNC_FLUSH);
      }
      // Nothing to do any more is no error: the last piece ended just where its room did.
      if (how != Z_OK && how != Z_BUF_ERROR) return std::nullopt;
      text.append(piece.begin(), piece.end() - stream_.avail_out);
      if (text.size() > limit) return std::nullopt;
    } while (stream_.avail_out == 0);
    if (stream_.avail_in != 0) return std::nullopt;
    return text;
  }

 private:
  z_stream stream_{};
};

class FrameWriter::Deflater {
 public:
  Deflater() {
    deflateInit(&stream_, Z_BEST_COMPRESSION);
    deflateSetDictionary(&stream_, raw(dictionary()), static_cast<uInt>(dictionary().size()));
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string deflated(const std::string& text) {
    std::string bytes;
    std::array<Bytef, 4096> piece{};
    stream_.next_in = const_cast<Bytef*>(raw(text));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = piece.data();
      stream_.avail_out = piece.size();
      deflate(&stream_, Z_SYNC_FLUSH);
      bytes.append(piece.begin(), piece.end() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return bytes;
  }

 private:
  z_stream stream_{};
};

FrameReader::FrameReader() : inflater_(std::make_unique<Inflater>()) {}
FrameReader::~FrameReader() = default;
FrameWriter::FrameWriter() : deflater_(std::make_unique<Deflater>()) {}
FrameWriter::~FrameWriter() = default;

std::optional<Frame> FrameReader::broken(std::string why) {
  problem_ = std::move(why);
  bytes_.clear();
  return std::nullopt;
}

std::optional<Frame> FrameReader::next() {
  if (!problem_.empty()) return std::nullopt;
  if (in_data_) return data_piece();
  if (bytes_.size() < head_size) return std::nullopt;
  const std::uint32_t first = number_at(bytes_, 0);
  const std::uint32_t second = number_at(bytes_, 4);
  const auto flags = static_cast<std::uint8_t>(second >> 24U);
  const std::size_t length = second & 0xFFFFFFU;
  if ((first & control_bit) == 0) {
    if (first == 0) return broken("data for stream 0");
    bytes_.erase(0, head_size);
    data_id_ = first;
    data_left_ = length;
    data_last_ = (flags & flag_last) != 0;
    in_data_ = true;
    return data_piece();
  }
  if (((first >> 16U) & 0x7FFFU) != version) return broken("not version 3");
  if (length > largest_control) return broken(fmt::format("a control frame of {} bytes", length));
  if (bytes_.size() < head_size + length) return std::nullopt;
  const std::string payload = bytes_.substr(head_size, length);
  bytes_.erase(0, head_size + length);
  return control(static_cast<std::uint16_t>(first & 0xFFFFU), flags, payload);
}

std::optional<Frame> FrameReader::data_piece() {
  if (bytes_.empty() && data_left_ > 0) return std::nullopt;
  Data piece{.id = data_id_, .last = false, .bytes = bytes_.substr(0, data_left_)};
  bytes_.erase(0, piece.bytes.size());
  data_left_ -= piece.bytes.size();
  in_data_ = data_left_ > 0;
  piece.last = data_last_ && !in_data_;
  return piece;
}

std::optional<Headers> FrameReader::headers(std::string_view payload, std::size_t fixed) {
  const auto block = inflater_->inflated(payload.substr(fixed), largest_headers);
  auto found = block ? headers_of(*block) : std::nullopt;
  if (!found) broken("headers that cannot be read");
  return found;
}

std::optional<Frame> FrameReader::control(std::uint16_t type, std::uint8_t flags, std::string_view payload) {
  const bool last = (flags & flag_last) != 0;
  const std::size_t fixed = type == syn_stream                          ? 10
                            : type == rst_stream || type == go_away     ? 8
                            : type == syn_reply || type == more_headers ? 4
                            : type == ping                              ? 4
                                                                        : 0;
  if (payload.size() < fixed) return broken(fmt::format("a control frame of type {} that is too short", type));
  const std::uint32_t id = fixed == 0 ? 0 : number_at(payload, 0) & id_bits;
  if (type == rst_stream) return RstStream{id, static_cast<ResetReason>(number_at(payload, 4))};
  if (type == go_away) return GoAway{id, static_cast<EndReason>(number_at(payload, 4))};
  if (type == ping) return Ping{number_at(payload, 0)};
  if (type != syn_stream && type != syn_reply && type != more_headers) return Other{type};
  auto found = headers(payload, fixed);
  if (!found) return std::nullopt;
  if (type == syn_stream) return SynStream{id, last, std::move(*found)};
  if (type == syn_reply) return SynReply{id, last, std::move(*found)};
  return Other{type};
}

std::string FrameWriter::bytes_of(const Frame& frame) {
  if (const auto* opened = std::get_if<SynStream>(&frame)) {
    // No stream that it belongs to, the highest priority, no credential.
    const std::string fixed = number_text(opened->id) + std::string(6, '\0');
    return control_frame(syn_stream, opened->last, fixed + deflater_->deflated(block_of(opened->headers)));
  }
  if (const auto* reply = std::get_if<SynReply>(&frame)) {
    return control_frame(syn_reply, reply->last,
                         number_text(reply->id) + deflater_->deflated(block_of(reply->headers)));
  }
  if (const auto* reset = std::get_if<RstStream>(&frame)) {
    return control_frame(rst_stream, false,
                         number_text(reset->id) + number_text(static_cast<std::uint32_t>(reset->reason)));
  }
  if (const auto* one = std::get_if<Ping>(&frame)) return control_frame(ping, false, number_text(one->id));
  if (const auto* away = std::get_if<GoAway>(&frame)) {
    return control_frame(go_away, false,
                         number_text(away->last_good) + number_text(static_cast<std::uint32_t>(away->reason)));
  }
  if (const auto* data = std::get_if<Data>(&frame)) {
    const auto length = static_cast<std::uint32_t>(data->bytes.size());
    return number_text(data->id) + number_text((data->last ? std::uint32_t{flag_last} << 24U : 0U) | length) +
           data->bytes;
  }
  return control_frame(std::get<Other>(frame).type, false, {});
}

}  // namespace mesh::simulator::spdy
