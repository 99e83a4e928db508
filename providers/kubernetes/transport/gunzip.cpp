#include "providers/kubernetes/transport/gunzip.h"

#include <zlib.h>

#include <algorithm>

namespace mesh::kubernetes {
namespace {

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
};

/// The size that the stream's last four bytes claim (modulo 2^32), as far as it can be true: deflate packs no better
/// than 1 to 1032.
std::size_t claimed_size(std::string_view packed) {
  constexpr std::size_t best_ratio = 1032;
  if (packed.size() < 18) return 0;
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = size << 8U | static_cast<unsigned char>(packed[packed.size() - i]);
  return std::min(size, packed.size() * best_ratio);
}

tl::unexpected<TransportError> damaged(const char* detail) {
  return tl::unexpected(TransportError{.fault = Fault::truncated, .detail = detail});
}

}  // namespace

tl::expected<std::string, TransportError> gunzip(std::string_view packed, std::size_t largest) {
  Inflater inflater;
  if (!inflater.ready()) return damaged("zlib cannot start");
  z_stream& stream = inflater.stream();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  // One byte more than the whole, so that the end is seen in the first round.
  std::size_t room = std::min(claimed_size(packed), largest) + 1;
  // And some for parsers that look beyond the end, so that they need no copy.
  constexpr std::size_t lookahead = 64;
  text.reserve(room + lookahead);
  for (;;) {
    const std::size_t filled = text.size();
    text.resize(filled + room);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    text.erase(stream.total_out);
    if (text.size() > largest) {
      return tl::unexpected(TransportError{.fault = Fault::too_large, .detail = "the unpacked answer is too large"});
    }
    if (code == Z_STREAM_END) {
      if (stream.avail_in != 0) return damaged("bytes follow the gzip stream");
      return text;
    }
    if (code != Z_OK && code != Z_BUF_ERROR) return damaged("the gzip stream is damaged");
    if (stream.avail_in == 0 && stream.avail_out != 0) return damaged("the gzip stream ends early");
    room = std::max<std::size_t>(text.size(), 4096);
  }
}

}  // namespace mesh::kubernetes
