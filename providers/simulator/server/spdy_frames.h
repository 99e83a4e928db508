#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// SPDY/3.1 (chromium.org, spdy-protocol-draft3-1), as far as kubectl speaks it.
namespace mesh::simulator::spdy {

using StreamId = std::uint32_t;
/// Names in lower case.
using Headers = std::map<std::string, std::string>;

/// Why a stream is reset.
enum class ResetReason : std::uint32_t { protocol_error = 1, invalid_stream = 2, refused_stream = 3, cancel = 5 };
/// Why a connection ends.
enum class EndReason : std::uint32_t { ok = 0, protocol_error = 1 };

/// Opens a stream. `last`, here and below: its sender says nothing more on the stream.
struct SynStream {
  StreamId id = 0;
  bool last = false;
  Headers headers = {};
  bool operator==(const SynStream&) const = default;
};
struct SynReply {
  StreamId id = 0;
  bool last = false;
  Headers headers = {};
  bool operator==(const SynReply&) const = default;
};
struct RstStream {
  StreamId id = 0;
  ResetReason reason = ResetReason::cancel;
  bool operator==(const RstStream&) const = default;
};
struct Ping {
  std::uint32_t id = 0;
  bool operator==(const Ping&) const = default;
};
struct GoAway {
  StreamId last_good = 0;
  EndReason reason = EndReason::ok;
  bool operator==(const GoAway&) const = default;
};
/// What a data frame holds, or, when read, as much of it as has arrived.
struct Data {
  StreamId id = 0;
  bool last = false;
  std::string bytes = {};
  bool operator==(const Data&) const = default;
};
/// A frame that asks for nothing here: SETTINGS, HEADERS, WINDOW_UPDATE and types that the protocol does not know.
struct Other {
  std::uint16_t type = 0;
  bool operator==(const Other&) const = default;
};
using Frame = std::variant<SynStream, SynReply, RstStream, Ping, GoAway, Data, Other>;

/// Takes frames out of bytes. What it keeps is bounded, whatever comes.
class FrameReader {
 public:
  /// Of a control frame's payload, and of the headers in it when they are decompressed.
  static constexpr std::size_t largest_control = 64U << 10U;
  static constexpr std::size_t largest_headers = 64U << 10U;

  FrameReader();
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  void feed(std::string_view bytes) { bytes_.append(bytes); }
  /// Nothing: more bytes are needed, or there is a problem, after which nothing can be read any more.
  std::optional<Frame> next();
  /// Empty: none.
  const std::string& problem() const { return problem_; }

 private:
  class Inflater;
  std::optional<Frame> data_piece();
  std::optional<Frame> control(std::uint16_t type, std::uint8_t flags, std::string_view payload);
  /// `fixed`: what comes before the headers.
  std::optional<Headers> headers(std::string_view payload, std::size_t fixed);
  std::optional<Frame> broken(std::string why);

  std::string bytes_;
  std::string problem_;
  std::unique_ptr<Inflater> inflater_;
  /// The data frame that has begun and not ended.
  StreamId data_id_ = 0;
  std::size_t data_left_ = 0;
  bool data_last_ = false;
  bool in_data_ = false;
};

/// Makes bytes of frames, in the order in which they are sent: all headers of a connection are one compressed text.
class FrameWriter {
 public:
  FrameWriter();
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  /// Other is a frame without payload. Data must be shorter than 2^24 bytes.
  std::string bytes_of(const Frame& frame);

 private:
  class Deflater;
  std::unique_ptr<Deflater> deflater_;
};

}  // namespace mesh::simulator::spdy
