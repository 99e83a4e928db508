#include "providers/simulator/server/pod_http.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

TEST(PodHttp, hears_requests_one_after_the_other) {
  PodHttp http;
  ASSERT_TRUE(http.feed("GET /debug/clusterz?a=b%20c HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\nPOST /b%20c HTTP/1.1\r\n"));
  const auto first = http.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->request.method, "GET");
  EXPECT_EQ(first->target, "/debug/clusterz?a=b%20c");
  EXPECT_EQ(first->request.path, "/debug/clusterz");
  EXPECT_EQ(first->request.headers.at("x-a"), "1");
  EXPECT_TRUE(first->keep);
  EXPECT_FALSE(http.next());
  for (const char c : std::string("Content-Length: 5\r\nConnection: close\r\n\r\nhello")) {
    EXPECT_FALSE(http.next());
    ASSERT_TRUE(http.feed({&c, 1}));
  }
  const auto second = http.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->request.path, "/b c");
  EXPECT_EQ(second->request.body, "hello");
  EXPECT_FALSE(second->keep);
  EXPECT_FALSE(http.next());
  EXPECT_FALSE(http.malformed());
}

TEST(PodHttp, reads_chunks) {
  PodHttp http;
  ASSERT_TRUE(http.feed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
  const auto heard = http.next();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->request.body, "abc");
}

class NoRequest : public ::testing::TestWithParam<std::string> {};

TEST_P(NoRequest, is_malformed) {
  PodHttp http;
  ASSERT_TRUE(http.feed(GetParam()));
  EXPECT_FALSE(http.next());
  EXPECT_TRUE(http.malformed());
  EXPECT_FALSE(http.next());
}

INSTANTIATE_TEST_SUITE_P(rows, NoRequest,
                         ::testing::Values("\x16\x03\x01\x02 TLS, for example\r\n\r\n", "GET\r\n\r\n",
                                           "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n",
                                           "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"));

TEST(PodHttp, does_not_keep_everything) {
  PodHttp http;
  EXPECT_TRUE(http.feed(std::string(PodHttp::most_waiting, 'a')));
  EXPECT_FALSE(http.feed("a"));
}

}  // namespace
}  // namespace mesh::simulator
