#include "providers/kubernetes/transport/response_head.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

TEST(ResponseHead, HasStatusAndHeaders) {
  const auto head = parse_head("HTTP/1.1 403 Forbidden\r\nContent-Length: 2 \r\nX-Y:z\r\nodd line");
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->status, 403);
  EXPECT_EQ(head->headers, (std::map<std::string, std::string>{{"content-length", "2"}, {"x-y", "z"}}));
}

TEST(ResponseHead, RefusesOtherProtocols) {
  EXPECT_EQ(parse_head("SSH-2.0-OpenSSH"), std::nullopt);
  EXPECT_EQ(parse_head("HTTP/1.1 abc"), std::nullopt);
  EXPECT_EQ(parse_head(""), std::nullopt);
}

struct Body {
  const char* name;
  std::map<std::string, std::string> headers;
  std::string bytes;
  bool closed;
  std::optional<std::string> body;
};

class ResponseHeadBody : public ::testing::TestWithParam<Body> {};

TEST_P(ResponseHeadBody, EndsWhereItsHeadersSay) {
  EXPECT_EQ(parse_body({.status = 403, .headers = GetParam().headers, .body = {}}, GetParam().bytes, GetParam().closed),
            GetParam().body);
}

const std::map<std::string, std::string> chunked = {{"transfer-encoding", "Chunked"}};

INSTANTIATE_TEST_SUITE_P(
    Rows, ResponseHeadBody,
    ::testing::Values(Body{"length", {{"content-length", "2"}}, "abc", false, "ab"},
                      Body{"length_not_reached", {{"content-length", "2"}}, "a", false, std::nullopt},
                      Body{"length_cut", {{"content-length", "2"}}, "a", true, "a"},
                      Body{"chunks", chunked, "2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n", false, "ab0123456789"},
                      Body{"chunk_to_come", chunked, "2\r\nab\r\nA\r\n0123", false, std::nullopt},
                      Body{"chunk_cut", chunked, "2\r\nab\r\nA\r\n0123", true, "ab"},
                      Body{"until_closed", {}, "ab", false, std::nullopt}, Body{"closed", {}, "ab", true, "ab"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::kubernetes
