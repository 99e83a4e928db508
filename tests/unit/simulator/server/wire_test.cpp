#include "providers/simulator/server/wire.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* cluster;
  const char* uri;
  const char* path;
};

class WireTargets : public ::testing::TestWithParam<Row> {};

TEST_P(WireTargets, are_taken_apart) {
  const RequestTarget target = parse_target(GetParam().text);
  EXPECT_EQ(target.cluster, GetParam().cluster);
  EXPECT_EQ(target.uri, GetParam().uri);
  EXPECT_EQ(target.path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    rows, WireTargets,
    ::testing::Values(Row{"plain", "/clusters/c1/api/v1/nodes", "c1", "/api/v1/nodes", "/api/v1/nodes"},
                      Row{"query", "/clusters/c1/api?x=/clusters/y", "c1", "/api?x=/clusters/y", "/api"},
                      Row{"root", "/clusters/c1", "c1", "/", "/"},
                      Row{"root_query", "/clusters/c1?a=b", "c1", "/?a=b", "/"},
                      Row{"escaped", "/clusters/c%31/a%2Fb%20c", "c1", "/a%2Fb%20c", "/a/b c"},
                      Row{"plus_in_a_path", "/clusters/c1/a+b", "c1", "/a+b", "/a+b"},
                      Row{"broken_escape", "/clusters/c1/a%zz%4", "c1", "/a%zz%4", "/a%zz%4"},
                      Row{"none", "/control/faults", "", "/control/faults", "/control/faults"},
                      Row{"empty", "", "", "/", "/"}),
    [](const auto& row) { return row.param.name; });

TEST(WireRequestTarget, query_is_decoded_in_order) {
  const RequestTarget target = parse_target("/clusters/c1/x?command=a+b&command=c%26d&flag&=&e=f=g");
  const std::multimap<std::string, std::string> desired = {
      {"", ""}, {"command", "a b"}, {"command", "c&d"}, {"e", "f=g"}, {"flag", ""}};
  EXPECT_EQ(target.query, desired);
  EXPECT_EQ(target.query.find("command")->second, "a b");
}

TEST(WireHead, says_length_or_chunks) {
  const std::chrono::system_clock::time_point when{std::chrono::seconds(1795353600)};
  EXPECT_EQ(head_text({.status = 404, .content_type = "text/plain", .headers = {{"X-A", "b"}}, .length = 3}, when),
            "HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Type: text/plain\r\nDate: Sun, 22 Nov 2026 13:20:00 GMT\r\n"
            "Content-Length: 3\r\n\r\n");
  const std::string streamed = head_text({.length = std::nullopt, .close = true}, when);
  EXPECT_NE(streamed.find("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"), std::string::npos);
  EXPECT_EQ(streamed.find("Content-Length"), std::string::npos);
}

TEST(WireChunk, has_its_size_in_hex) {
  EXPECT_EQ(chunk_text("0123456789abcdef"), "10\r\n0123456789abcdef\r\n");
  EXPECT_EQ(chunk_text(""), "0\r\n\r\n");
}

TEST(WireGzip, only_large_answers_to_those_who_ask) {
  ApiResponse large;
  large.body = std::string(128U << 10U, 'a');
  ApiResponse small;
  small.body = std::string((128U << 10U) - 1, 'a');
  ApiRequest asks;
  asks.headers["accept-encoding"] = "deflate, gzip";
  EXPECT_TRUE(wants_gzip(asks, large));
  EXPECT_FALSE(wants_gzip(asks, small));
  EXPECT_FALSE(wants_gzip({}, large));
}

TEST(WireHeaders, of_one_name_are_joined) {
  std::map<std::string, std::string> headers;
  add_header(headers, "Accept", "a");
  add_header(headers, "accept", "b");
  EXPECT_EQ(headers.at("accept"), "a, b");
}

}  // namespace
}  // namespace mesh::simulator
