#include "providers/simulator/server/spdy_frames.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "providers/simulator/server/spdy_headers.h"

namespace mesh::simulator::spdy {
namespace {

std::string hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

std::vector<Frame> read_all(FrameReader& reader) {
  std::vector<Frame> frames;
  while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  return frames;
}

/// Put together again what arrived in pieces.
std::vector<Frame> joined(const std::vector<Frame>& frames) {
  std::vector<Frame> whole;
  for (const Frame& frame : frames) {
    const auto* piece = std::get_if<Data>(&frame);
    auto* before = whole.empty() ? nullptr : std::get_if<Data>(&whole.back());
    if (piece != nullptr && before != nullptr && before->id == piece->id && !before->last) {
      before->bytes += piece->bytes;
      before->last = piece->last;
    } else {
      whole.push_back(frame);
    }
  }
  return whole;
}

const std::vector<Frame>& every_kind() {
  static const std::vector<Frame> frames = {
      SynStream{1, false, {{"streamtype", "error"}, {"port", "15014"}, {"requestid", "0"}}},
      SynStream{3, true, {{"streamtype", "data"}, {"port", "15014"}, {"requestid", "0"}}},
      SynReply{1, false, {}},
      SynReply{3, true, {{"a", std::string("b\0c", 3)}}},
      Data{1, true, {}},
      Data{3, false, std::string(70'000, 'x')},
      Ping{5},
      Data{3, true, "the end"},
      Ping{7},
      RstStream{3, ResetReason::cancel},
      Other{4},
      GoAway{3, EndReason::protocol_error}};
  return frames;
}

TEST(SpdyFrames, are_read_as_they_were_written) {
  FrameWriter writer;
  std::string bytes;
  for (const Frame& frame : every_kind()) bytes += writer.bytes_of(frame);
  FrameReader reader;
  reader.feed(bytes);
  EXPECT_EQ(joined(read_all(reader)), every_kind());
  EXPECT_EQ(reader.problem(), "");
}

TEST(SpdyFrames, may_come_byte_by_byte) {
  FrameWriter writer;
  FrameReader reader;
  std::vector<Frame> found;
  for (const Frame& frame : every_kind()) {
    for (const char byte : writer.bytes_of(frame)) {
      reader.feed({&byte, 1});
      for (Frame& one : read_all(reader)) found.push_back(std::move(one));
    }
  }
  EXPECT_EQ(joined(found), every_kind());
}

TEST(SpdyFrames, have_the_layout_of_the_protocol) {
  FrameWriter writer;
  EXPECT_EQ(writer.bytes_of(Ping{9}), hex("800300060000000400000009"));
  EXPECT_EQ(writer.bytes_of(RstStream{5, ResetReason::cancel}), hex("80030003000000080000000500000005"));
  EXPECT_EQ(writer.bytes_of(GoAway{5, EndReason::ok}), hex("80030007000000080000000500000000"));
  EXPECT_EQ(writer.bytes_of(Data{5, true, "ab"}), hex("00000005010000026162"));
}

// As kubectl's own library writes the two streams of a forwarded connection.
TEST(SpdyFrames, of_other_programs_are_understood) {
  FrameReader reader;
  reader.feed(
      hex("80030001000000400000000100000000000078f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45a024cc6a"
          "686a6068c2c0c0c0590489c74c50fa663400000000ffff"));
  reader.feed(hex("800300010000001800000003000000000000c2aa1b54102512a119000000ffff"));
  const std::vector<Frame> desired = {
      SynStream{1, false, {{"port", "15014"}, {"requestid", "0"}, {"streamtype", "error"}}},
      SynStream{3, false, {{"port", "15014"}, {"requestid", "0"}, {"streamtype", "data"}}}};
  EXPECT_EQ(read_all(reader), desired) << reader.problem();
}

TEST(SpdyHeaders, dictionary_is_the_one_of_the_protocol) {
  EXPECT_EQ(dictionary().size(), 1423);
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const unsigned char c : dictionary()) {
    low = (low + c) % 65521;
    high = (high + low) % 65521;
  }
  // Adler-32, by which compressed texts name their dictionary.
  EXPECT_EQ((high << 16U) | low, 0xe3c6a7c2U);
}

struct Garbage {
  const char* name;
  std::string bytes;
};

class SpdyGarbage : public ::testing::TestWithParam<Garbage> {};

TEST_P(SpdyGarbage, ends_reading) {
  FrameReader reader;
  reader.feed(GetParam().bytes);
  EXPECT_TRUE(read_all(reader).empty());
  EXPECT_NE(reader.problem(), "");
  reader.feed(FrameWriter().bytes_of(Ping{1}));
  EXPECT_FALSE(reader.next());
}

std::string syn_stream_of(const std::string& payload) {
  return hex("80030001") + number_text(static_cast<std::uint32_t>(payload.size() + 10)) + number_text(1) +
         std::string(6, '\0') + payload;
}

/// Few bytes that become many.
std::string bomb() { return FrameWriter().bytes_of(SynStream{1, false, {{"a", std::string(10U << 20U, 'a')}}}); }

INSTANTIATE_TEST_SUITE_P(
    rows, SpdyGarbage,
    ::testing::Values(Garbage{"version_2", hex("800200060000000400000009")},
                      Garbage{"large_control", hex("8003000400ffffff")}, Garbage{"short_ping", hex("8003000600000000")},
                      Garbage{"short_reset", hex("800300030000000400000001")},
                      Garbage{"short_syn_stream", hex("800300010000000400000001")},
                      Garbage{"stream_0", hex("0000000000000001") + "a"},
                      Garbage{"not_compressed", syn_stream_of("hello, this is no zlib")},
                      Garbage{"empty_headers", syn_stream_of("")}, Garbage{"bomb", bomb()},
                      Garbage{"upper_case", FrameWriter().bytes_of(SynStream{1, false, {{"Port", "1"}}})},
                      Garbage{"no_name", FrameWriter().bytes_of(SynStream{1, false, {{"", "1"}}})}),
    [](const auto& row) { return row.param.name; });

struct Block {
  const char* name;
  std::string text;
};

class BrokenBlock : public ::testing::TestWithParam<Block> {};

TEST_P(BrokenBlock, is_not_read) { EXPECT_FALSE(headers_of(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(rows, BrokenBlock,
                         ::testing::Values(Block{"empty", ""}, Block{"short_count", hex("0000")},
                                           Block{"large_count", hex("ffffffff")},
                                           Block{"large_name", hex("00000001ffffffff61")},
                                           Block{"no_value", hex("000000010000000161")},
                                           Block{"short_value", hex("00000001"
                                                                    "00000001"
                                                                    "61"
                                                                    "00000002"
                                                                    "61")},
                                           Block{"twice", hex("00000002"
                                                              "00000001"
                                                              "61"
                                                              "00000000"
                                                              "00000001"
                                                              "61"
                                                              "00000000")},
                                           Block{"more_behind", hex("0000000000")}),
                         [](const auto& row) { return row.param.name; });

TEST(SpdyFrames, changed_at_random_never_break_the_reader) {
  std::mt19937 lot(20261122);  // NOLINT(cert-msc51-cpp): the same garbage each time
  for (int round = 0; round < 2000; ++round) {
    FrameWriter writer;
    std::string bytes;
    for (const Frame& frame : every_kind()) bytes += writer.bytes_of(frame).substr(0, 400);
    for (int i = 0; i < 3; ++i) bytes[lot() % bytes.size()] = static_cast<char>(lot());
    FrameReader reader;
    for (std::size_t at = 0; at < bytes.size(); at += 97) {
      reader.feed(std::string_view(bytes).substr(at, 97));
      read_all(reader);
    }
  }
}

}  // namespace
}  // namespace mesh::simulator::spdy
