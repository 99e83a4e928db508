#include "providers/kubernetes/transport/gunzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace mesh::kubernetes {
namespace {

constexpr std::size_t no_limit = std::size_t{1} << 30U;

std::string gzip(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.erase(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

Fault fault_of(const std::string& packed, std::size_t largest = no_limit) {
  const auto text = gunzip(packed, largest);
  EXPECT_FALSE(text.has_value());
  return text ? Fault::other : text.error().fault;
}

TEST(Gunzip, is_the_inverse_of_gzip) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{3'000'000}}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * i % 251);
    EXPECT_EQ(gunzip(gzip(text), no_limit), text) << size;
  }
}

TEST(Gunzip, does_not_believe_the_claimed_size) {
  const std::string text(100'000, 'a');
  for (const char claimed : {'\0', '\xFF'}) {
    std::string packed = gzip(text);
    packed.replace(packed.size() - 4, 4, 4, claimed);
    EXPECT_EQ(fault_of(packed), Fault::truncated);
  }
}

TEST(Gunzip, stops_at_the_limit) {
  const std::string packed = gzip(std::string(100'000, 'a'));
  EXPECT_EQ(fault_of(packed, 99'999), Fault::too_large);
  EXPECT_TRUE(gunzip(packed, 100'000).has_value());
}

TEST(Gunzip, tells_damage) {
  const std::string packed = gzip("hello, hello, hello");
  for (std::size_t length = 0; length < packed.size(); ++length) {
    EXPECT_EQ(fault_of(packed.substr(0, length)), Fault::truncated) << length;
  }
  EXPECT_EQ(fault_of(packed + "x"), Fault::truncated);
  EXPECT_EQ(fault_of("plain text, and quite a bit of it"), Fault::truncated);
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;
  EXPECT_EQ(fault_of(flipped), Fault::truncated);
}

}  // namespace
}  // namespace mesh::kubernetes
