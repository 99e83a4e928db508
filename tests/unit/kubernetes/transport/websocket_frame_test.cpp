#include "providers/kubernetes/transport/websocket_frame.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

/// A short frame as a server sends it.
std::string frame(int first, const std::string& payload) {
  return bytes({first, static_cast<int>(payload.size())}) + payload;
}

// RFC 6455 section 5.7.
TEST(WebsocketFrame, EncodesTheExampleOfTheStandard) {
  EXPECT_EQ(encode_frame(Opcode::text, "Hello", {0x37, 0xfa, 0x21, 0x3d}),
            bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(WebsocketFrame, EncodesLongLengths) {
  EXPECT_EQ(encode_frame(Opcode::binary, std::string(256, 'x'), {}).substr(0, 4), bytes({0x82, 0xFE, 1, 0}));
  EXPECT_EQ(encode_frame(Opcode::binary, std::string(65536, 'x'), {}).substr(0, 10),
            bytes({0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0}));
}

// RFC 6455 section 1.3.
TEST(WebsocketFrame, AnswersTheKeyOfTheStandard) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebsocketFrame, ReadsMessagesByteByByte) {
  WebSocketReader reader(100000);
  const std::string sent = frame(0x82, "ab") + bytes({0x82, 126, 1, 0}) + std::string(256, 'x');
  std::vector<WebSocketMessage> seen;
  for (const char one : sent) {
    reader.add({&one, 1});
    const auto message = reader.next();
    ASSERT_TRUE(message.has_value());
    if (*message) seen.push_back(**message);
  }
  EXPECT_EQ(seen, (std::vector<WebSocketMessage>{{Opcode::binary, "ab"}, {Opcode::binary, std::string(256, 'x')}}));
}

TEST(WebsocketFrame, JoinsFragmentsAroundControlFrames) {
  WebSocketReader reader(100);
  reader.add(frame(0x02, "a") + frame(0x89, "ping") + frame(0x00, "b") + frame(0x80, "c"));
  EXPECT_EQ(*reader.next(), (WebSocketMessage{Opcode::ping, "ping"}));
  EXPECT_EQ(*reader.next(), (WebSocketMessage{Opcode::binary, "abc"}));
  EXPECT_EQ(*reader.next(), std::nullopt);
}

struct Broken {
  const char* name;
  std::string bytes;
  Fault fault;
};

class WebsocketFrameBroken : public ::testing::TestWithParam<Broken> {};

TEST_P(WebsocketFrameBroken, IsRefused) {
  WebSocketReader reader(10);
  reader.add(GetParam().bytes);
  const auto message = reader.next();
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().fault, GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WebsocketFrameBroken,
    ::testing::Values(Broken{"masked", bytes({0x82, 0x81, 0, 0, 0, 0, 'a'}), Fault::reset},
                      Broken{"reserved_bits", bytes({0xC2, 0x00}), Fault::reset},
                      Broken{"unknown_type", bytes({0x83, 0x00}), Fault::reset},
                      Broken{"control_in_pieces", bytes({0x09, 0x00}), Fault::reset},
                      Broken{"control_too_long", bytes({0x89, 126, 0, 126}), Fault::reset},
                      Broken{"continues_nothing", frame(0x80, "a"), Fault::reset},
                      Broken{"begins_twice", frame(0x02, "a") + frame(0x02, "b"), Fault::reset},
                      Broken{"frame_too_long", bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0, 11}), Fault::too_large},
                      Broken{"message_too_long", frame(0x02, "123456") + frame(0x80, "78901"), Fault::too_large}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::kubernetes
