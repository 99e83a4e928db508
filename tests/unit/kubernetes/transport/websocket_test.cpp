#include "providers/kubernetes/transport/websocket.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::seconds;

const std::string upgraded = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: <accept>\r\n\r\n";

UpgradeResult open(const std::string& server, const std::stop_token& stop = {},
                   std::chrono::milliseconds time = seconds(10), Endpoint endpoint = {}) {
  endpoint.server = server;
  const Call call{std::make_shared<const Endpoint>(endpoint), HttpRequest{.target = "/x?y=z", .headers = {"A: b"}}};
  return open_websocket(call, {.user_agent = "mesh/test"}, time, stop);
}

TEST(Websocket, ReadsMessagesUntilTheServerCloses) {
  const mesh::testing::RawServer server({upgraded + "\x82\x02" + "ab" + "\x82\x01" + "c" + "\x88" + std::string(1, 0)});
  auto opened = open(server.url());
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  ASSERT_NE(opened->socket, nullptr);
  EXPECT_EQ(*opened->socket->next(seconds(10), {}), "ab");
  EXPECT_EQ(*opened->socket->next(seconds(10), {}), "c");
  EXPECT_EQ(*opened->socket->next(seconds(10), {}), std::nullopt);
  const std::string head = server.heads().front();
  EXPECT_TRUE(head.starts_with("GET /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  EXPECT_NE(head.find("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nA: b\r\n"), std::string::npos);
}

TEST(Websocket, FailsWhenTheServerClosesWithoutAWord) {
  const mesh::testing::RawServer server({upgraded + "\x82\x05" + "ab"});
  auto opened = open(server.url());
  ASSERT_TRUE(opened.has_value());
  const auto message = opened->socket->next(seconds(10), {});
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().fault, Fault::reset);
}

TEST(Websocket, HandsOutARefusalWithItsBody) {
  const mesh::testing::Authority authority("a");
  mesh::testing::TestServer server(authority.sign("s", "IP:127.0.0.1"),
                                   [](const auto&) { return mesh::testing::Answer{.status = 403, .body = "no"}; });
  auto opened = open(server.url(), {}, seconds(10), {.ca_pem = authority.pem()});
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->socket, nullptr);
  EXPECT_EQ(opened->answer.status, 403);
  EXPECT_EQ(opened->answer.body, "no");
}

TEST(Websocket, ShowsItsClientCertificate) {
  const mesh::testing::Authority authority("a");
  const mesh::testing::Pair client = authority.sign("c", "DNS:c");
  mesh::testing::TestServer server(
      authority.sign("s", "IP:127.0.0.1"), [](const auto&) { return mesh::testing::Answer{.status = 404}; },
      authority.pem());
  const Endpoint with{
      .ca_pem = authority.pem(), .client_certificate_pem = client.certificate, .client_key_pem = client.key};
  auto opened = open(server.url(), {}, seconds(10), with);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->answer.status, 404);
  EXPECT_FALSE(open(server.url(), {}, seconds(10), {.ca_pem = authority.pem()}).has_value());
}

TEST(Websocket, GoesThroughAProxy) {
  const mesh::testing::RawServer server({upgraded + "\x82\x02" + "ab"});
  const mesh::testing::ConnectProxy proxy(server.port());
  auto opened = open("http://api.example:6443", {}, seconds(10), {.proxy_url = proxy.url()});
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(*opened->socket->next(seconds(10), {}), "ab");
  EXPECT_EQ(proxy.asked().front(), "CONNECT api.example:6443 HTTP/1.1");
}

TEST(Websocket, DoesNotTrustAnotherAuthority) {
  const mesh::testing::Authority authority("a");
  const mesh::testing::Authority other("b");
  mesh::testing::TestServer server(authority.sign("s", "IP:127.0.0.1"),
                                   [](const auto&) { return mesh::testing::Answer{}; });
  const auto opened = open(server.url(), {}, seconds(10), {.ca_pem = other.pem()});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().fault, Fault::tls_verify);
  EXPECT_TRUE(server.seen().empty());
}

struct Odd {
  const char* name;
  std::string answer;
  Fault fault;
};

class WebsocketOdd : public ::testing::TestWithParam<Odd> {};

TEST_P(WebsocketOdd, IsAFailure) {
  const mesh::testing::RawServer server({GetParam().answer});
  const auto opened = open(server.url());
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().fault, GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WebsocketOdd,
    ::testing::Values(Odd{"nothing", "", Fault::reset}, Odd{"half_a_head", "HTTP/1.1 101 S\r\n", Fault::reset},
                      Odd{"not_http", "SSH-2.0\r\n\r\n", Fault::truncated},
                      Odd{"wrong_accept", "HTTP/1.1 101 S\r\nSec-WebSocket-Accept: x\r\n\r\n", Fault::truncated},
                      Odd{"endless_head", "HTTP/1.1 101 S\r\n" + std::string(300000, 'x'), Fault::too_large}),
    [](const auto& row) { return row.param.name; });

TEST(Websocket, StopsAtOnce) {
  const mesh::testing::SilentServer server;
  std::stop_source stop;
  const std::jthread stopper([&] {
    server.accepted(1);
    stop.request_stop();
  });
  const auto opened = open(server.url(), stop.get_token(), std::chrono::hours(1));
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().fault, Fault::stopped);
}

TEST(Websocket, GivesUpInTime) {
  const mesh::testing::SilentServer server;
  const auto opened = open(server.url(), {}, std::chrono::milliseconds(50));
  ASSERT_FALSE(opened.has_value());
  EXPECT_TRUE(opened.error().fault == Fault::timeout || opened.error().fault == Fault::connect_timeout);
}

}  // namespace
}  // namespace mesh::kubernetes
