// Requests to endpoints whose connection does not come about.
#include <gtest/gtest.h>

#include <thread>

#include "providers/kubernetes/transport/transport.h"
#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

constexpr std::size_t many = 8;

Call call_to(const std::shared_ptr<const Endpoint>& endpoint) { return {endpoint, {.target = "/x"}}; }

std::shared_ptr<const Endpoint> at(const std::string& server, const std::string& ca_pem = "") {
  return std::make_shared<const Endpoint>(Endpoint{.server = server, .ca_pem = ca_pem});
}

/// All of a stream, or the words of its failure.
std::string read_to_end(Stream& stream, const std::stop_token& stop = {}) {
  std::string all;
  for (;;) {
    const auto piece = stream.next(10s, stop);
    all += piece.bytes;
    if (piece.error) return piece.error->detail;
    if (piece.ended) return all;
    if (piece.bytes.empty()) return "nothing came";
  }
}

TEST(TransportGates, a_server_that_never_shakes_hands_holds_up_no_other) {
  const Authority authority("test authority");
  SilentServer silent;
  TestServer server(authority.sign("server", "IP:127.0.0.1"),
                    [](const SeenRequest&) { return Answer{.body = "hello"}; });
  const auto bad = at(silent.url());
  const auto good = at(server.url(), authority.pem());
  Transport transport({.connect_timeout = 600s});
  std::vector<std::unique_ptr<Stream>> lost;
  std::vector<std::unique_ptr<Stream>> answered;
  // In this order: a queue for all hosts would have those to the other server at its end.
  for (std::size_t i = 0; i < many; ++i) lost.push_back(transport.open(call_to(bad), 600s));
  for (std::size_t i = 0; i < many; ++i) answered.push_back(transport.open(call_to(good), 600s));
  for (const auto& stream : answered) EXPECT_EQ(read_to_end(*stream), "hello");
  for (const auto& stream : lost) EXPECT_FALSE(stream->next(0ms, {}).ended);
}

TEST(TransportGates, those_behind_one_that_never_connects_get_its_error) {
  SilentServer silent;
  Transport transport({.connect_timeout = 200ms});
  const auto answers = transport.send_all(std::vector<Call>(many, call_to(at(silent.url()))), 600s, {});
  ASSERT_TRUE(silent.accepted(1));
  EXPECT_EQ(silent.accepted(), 1U);
  for (const HttpResult& answer : answers) {
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().fault, Fault::connect_timeout);
    // It names the milliseconds, which two tries hardly share.
    EXPECT_EQ(answer.error().detail, answers[0].error().detail);
  }
}

TEST(TransportGates, those_behind_one_that_takes_long_end_by_their_own_time) {
  SilentServer silent;
  const auto endpoint = at(silent.url());
  Transport transport({.connect_timeout = 600s});
  const auto first = transport.open(call_to(endpoint), 600s);
  const auto second = transport.open(call_to(endpoint), 100ms);
  const auto ended = second->next(10s, {});
  ASSERT_TRUE(ended.error.has_value());
  EXPECT_EQ(ended.error->fault, Fault::connect_timeout);
  EXPECT_FALSE(first->next(0ms, {}).ended);
}

TEST(TransportGates, the_next_tries_when_the_first_is_abandoned) {
  SilentServer silent;
  TestServer server([](const SeenRequest&) { return Answer{}; });
  const auto endpoint = at(silent.url());
  Transport transport({.connect_timeout = 600s});
  std::stop_source stop;
  HttpResult first;
  std::jthread opener([&] { first = transport.send(call_to(endpoint), 600s, stop.get_token()); });
  ASSERT_TRUE(silent.accepted(1));
  auto second = transport.open(call_to(endpoint), 600s);
  auto third = transport.open(call_to(endpoint), 600s);
  const auto fourth = transport.open(call_to(endpoint), 600s);
  // Once this is answered, the transport has taken in all that came before it.
  const auto take_in = [&] { return transport.send(call_to(at(server.url())), 10s, {}).has_value(); };
  ASSERT_TRUE(take_in());
  EXPECT_EQ(silent.accepted(), 1U);
  stop.request_stop();
  opener.join();
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().fault, Fault::stopped);
  ASSERT_TRUE(silent.accepted(2));
  // Abandoned while it waits: the fourth is still behind the second.
  third.reset();
  second.reset();
  ASSERT_TRUE(silent.accepted(3));
  ASSERT_TRUE(take_in());
  EXPECT_EQ(silent.accepted(), 3U);
  EXPECT_FALSE(fourth->next(0ms, {}).ended);
}

}  // namespace
}  // namespace mesh::kubernetes
