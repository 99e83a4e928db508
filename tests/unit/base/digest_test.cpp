#include "engine/base/digest.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(Digest, knows_the_published_vector) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

struct Base64Case {
  const char* name;
  std::string bytes, text;
};

class DigestBase64 : public testing::TestWithParam<Base64Case> {};

TEST_P(DigestBase64, both_ways) {
  EXPECT_EQ(base64_encode(GetParam().bytes), GetParam().text);
  EXPECT_EQ(base64_decode(GetParam().text), GetParam().bytes);
}

// The vectors of RFC 4648 section 10.
INSTANTIATE_TEST_SUITE_P(Rfc4648, DigestBase64,
                         testing::Values(Base64Case{"none", "", ""}, Base64Case{"one", "f", "Zg=="},
                                         Base64Case{"two", "fo", "Zm8="}, Base64Case{"three", "foo", "Zm9v"},
                                         Base64Case{"six", "foobar", "Zm9vYmFy"},
                                         Base64Case{"zero_bytes", std::string(2, '\0'), "AAA="}),
                         [](const auto& row) { return row.param.name; });

TEST(DigestBase64Decode, skips_line_breaks) { EXPECT_EQ(base64_decode("Zm9v\nYmFy\n"), "foobar"); }

TEST(DigestBase64Decode, refuses_what_is_not_base64) {
  for (const char* bad : {"Zg=", "Z=g=", "Zg==Zg==", "Zm9*"}) EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace mesh
