#include "providers/simulator/server/listener.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "providers/kubernetes/transport/transport.h"
#include "tests/unit/simulator/server/stub_handler.h"

namespace mesh::simulator {
namespace {

using namespace std::chrono_literals;
using kubernetes::Call;
using kubernetes::HttpResult;
using kubernetes::Transport;
using testing::RealClock;
using testing::StubHandler;
using testing::StubStream;

/// What a client sees of a listener, whichever protocol they speak.
class ListenerBed : public ::testing::Test {
 protected:
  void serve(bool http2) {
    auto started = Listener::start({.http2 = http2}, make_server_certificate(authority_, {"127.0.0.1", "localhost"}),
                                   handler_, clock_);
    ASSERT_TRUE(started);
    listener_ = std::move(*started);
  }

  Call call(const std::string& target, std::string method = "GET", std::string body = {}) const {
    kubernetes::Endpoint endpoint;
    endpoint.server = "https://127.0.0.1:" + std::to_string(listener_->port()) + "/clusters/c1";
    endpoint.ca_pem = authority_.certificate;
    return {std::make_shared<const kubernetes::Endpoint>(endpoint),
            {.method = std::move(method), .target = target, .headers = {"User-Agent: test"}, .body = std::move(body)}};
  }
  HttpResult send(const Call& one) { return transport_.send(one, 20s, {}); }

  RealClock clock_;
  SigningAuthority authority_ = make_root("simulator");
  StubHandler handler_;
  std::unique_ptr<Listener> listener_;
  Transport transport_{{}};
};

class ListenerTest : public ListenerBed, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { serve(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(protocols, ListenerTest, ::testing::Values(true, false),
                         [](const auto& row) { return row.param ? "http2" : "http1"; });

TEST_P(ListenerTest, passes_the_request_and_the_answer) {
  const auto result = send(call("/api/v1/secrets?labelSelector=a%3Db&limit=5", "POST", "hello"));
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "POST c1 /api/v1/secrets labelSelector=a=b limit=5 [hello] test");
  EXPECT_TRUE(result->headers.contains("date"));
  EXPECT_EQ(result->headers.at("content-type"), "application/json");
  EXPECT_EQ(result->headers.at("x-stub"), "yes");
}

TEST_P(ListenerTest, keeps_connections_and_answers_many_at_once) {
  std::vector<Call> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(call("/api/v1/n" + std::to_string(i)));
  const auto results = transport_.send_all(calls, 20s, {});
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(results[i]) << results[i].error().detail;
    EXPECT_EQ(results[i]->body, "GET c1 /api/v1/n" + std::to_string(i) + " [] test");
  }
}

TEST_P(ListenerTest, a_body_above_the_limit_is_413) {
  const auto result = send(call("/api/v1/secrets", "POST", std::string((3U << 20U) + 1, 'x')));
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->status, 413);
  EXPECT_NE(result->body.find("RequestEntityTooLarge"), std::string::npos);
  const auto next = send(call("/api/v1/secrets", "POST", std::string(3U << 20U, 'x')));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->status, 200);
}

TEST_P(ListenerTest, large_answers_are_compressed_when_asked) {
  handler_.body = std::string(200'000, 'a');
  const auto packed = send(call("/api/v1/big"));
  ASSERT_TRUE(packed) << packed.error().detail;
  EXPECT_EQ(packed->body, handler_.body);
  EXPECT_EQ(packed->headers.at("content-encoding"), "gzip");
  EXPECT_LT(handler_.last_bytes.load(), 2000U);
}

TEST_P(ListenerTest, answers_of_a_throw_is_500) {
  handler_.thrown = true;
  const auto result = send(call("/api/v1/secrets"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 500);
}

struct Broken {
  const char* name;
  ResponsePlan::How how;
  bool http2;
  kubernetes::Fault seen;
};

class ListenerBrokenAnswer : public ListenerBed, public ::testing::WithParamInterface<Broken> {
 protected:
  void SetUp() override { serve(GetParam().http2); }
};

TEST_P(ListenerBrokenAnswer, is_seen_as) {
  handler_.how = GetParam().how;
  const auto result = send(call("/api/v1/secrets"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, GetParam().seen) << result.error().detail;
  handler_.how = ResponsePlan::How::whole;
  EXPECT_TRUE(send(call("/api/v1/secrets")));
}

INSTANTIATE_TEST_SUITE_P(
    hows, ListenerBrokenAnswer,
    ::testing::Values(Broken{"drop", ResponsePlan::How::drop, false, kubernetes::Fault::reset},
                      Broken{"cut", ResponsePlan::How::cut, false, kubernetes::Fault::reset},
                      Broken{"truncate", ResponsePlan::How::truncate, false, kubernetes::Fault::truncated},
                      Broken{"drop_http2", ResponsePlan::How::drop, true, kubernetes::Fault::reset},
                      Broken{"cut_http2", ResponsePlan::How::cut, true, kubernetes::Fault::reset},
                      // Too short a body is an error of the protocol there.
                      Broken{"truncate_http2", ResponsePlan::How::truncate, true, kubernetes::Fault::reset}),
    [](const auto& row) { return row.param.name; });

TEST_P(ListenerTest, streams_come_piece_by_piece) {
  const auto source = std::make_shared<StubStream>();
  handler_.stream = source;
  const auto stream = transport_.open(call("/api/v1/secrets?watch=true"), 20s);
  std::string text;
  const auto read_to = [&](const std::string& desired) {
    for (int i = 0; i < 200 && text != desired; ++i) text += stream->next(100ms, {}).bytes;
    EXPECT_EQ(text, desired);
  };
  source->push("one\n");
  read_to("one\n");
  source->push("two\n");
  read_to("one\ntwo\n");
  source->end();
  auto piece = stream->next(5s, {});
  while (!piece.ended && !piece.error) piece = stream->next(5s, {});
  EXPECT_TRUE(piece.ended);
  EXPECT_EQ(piece.head.status, 200);
}

TEST_P(ListenerTest, what_is_silent_is_not_carried_out_and_holds_nothing_else_up) {
  handler_.how = ResponsePlan::How::silent;
  const auto result = transport_.send(call("/api/v1/secrets"), 300ms, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, kubernetes::Fault::timeout) << result.error().detail;
  EXPECT_EQ(handler_.answers, 0);
  const auto hanging = transport_.open(call("/api/v1/secrets?watch=true"), 20s);
  EXPECT_FALSE(hanging->next(100ms, {}).error);
  handler_.how = ResponsePlan::How::whole;
  const auto next = send(call("/api/v1/secrets"));
  ASSERT_TRUE(next) << next.error().detail;
  EXPECT_EQ(next->status, 200);
  const auto piece = hanging->next(100ms, {});
  EXPECT_FALSE(piece.error || piece.ended);
  EXPECT_EQ(piece.bytes, "");
}

TEST_P(ListenerTest, an_answer_falls_silent_that_is_being_made) {
  handler_.silenced = true;
  const auto result = transport_.send(call("/api/v1/secrets"), 300ms, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, kubernetes::Fault::timeout) << result.error().detail;
  EXPECT_EQ(handler_.answers, 1);
  handler_.silenced = false;
  EXPECT_TRUE(send(call("/api/v1/secrets")));
}

TEST_P(ListenerTest, a_stream_falls_silent_and_stays_so) {
  const auto source = std::make_shared<StubStream>();
  handler_.stream = source;
  auto stream = transport_.open(call("/api/v1/secrets?watch=true"), 20s);
  source->push("one\n");
  while (stream->next(100ms, {}).bytes.empty()) {
  }
  handler_.silenced = true;
  source->push("two\n");
  while (handler_.silences == 0) std::this_thread::yield();
  handler_.silenced = false;
  source->push("three\n");
  source->end();
  const auto piece = stream->next(300ms, {});
  EXPECT_FALSE(piece.error || piece.ended);
  EXPECT_EQ(piece.bytes, "");
  // It is noticed all the same that the client leaves.
  stream.reset();
  handler_.stream = nullptr;
  ASSERT_TRUE(send(call("/api/v1/secrets")));
  for (int i = 0; i < 500 && source->heard(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(source->heard());
}

TEST_P(ListenerTest, a_stop_does_not_wait_for_what_is_silent) {
  handler_.how = ResponsePlan::How::silent;
  std::vector<Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(call("/api/v1/n" + std::to_string(i)));
  std::jthread client([&] { transport_.send_all(calls, 20s, {}); });
  while (handler_.plans < 3) std::this_thread::yield();
  const auto before = std::chrono::steady_clock::now();
  listener_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
}

TEST_P(ListenerTest, a_client_that_leaves_a_stream_is_noticed) {
  const auto source = std::make_shared<StubStream>();
  handler_.stream = source;
  auto stream = transport_.open(call("/api/v1/secrets?watch=true"), 20s);
  source->push("one\n");
  while (stream->next(100ms, {}).bytes.empty()) {
  }
  EXPECT_TRUE(source->heard());
  stream.reset();
  // On a shared connection the client says so with its next request.
  handler_.stream = nullptr;
  ASSERT_TRUE(send(call("/api/v1/secrets")));
  for (int i = 0; i < 500 && source->heard(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(source->heard());
}

TEST_P(ListenerTest, hundreds_of_streams_and_a_stop_amid_them) {
  std::vector<std::shared_ptr<StubStream>> sources;
  std::vector<std::unique_ptr<kubernetes::Stream>> streams;
  for (int i = 0; i < 200; ++i) {
    sources.push_back(std::make_shared<StubStream>());
    handler_.stream = sources.back();
    streams.push_back(transport_.open(call("/api/v1/secrets?watch=true"), 20s));
    sources.back()->push("one\n");
    while (streams.back()->next(1s, {}).bytes.empty()) {
    }
  }
  const auto before = std::chrono::steady_clock::now();
  listener_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
  for (const auto& source : sources) EXPECT_FALSE(source->heard());
}

TEST_P(ListenerTest, a_stop_does_not_work_a_backlog_off) {
  handler_.work = 100ms;
  std::vector<Call> calls;
  for (int i = 0; i < 400; ++i) calls.push_back(call("/api/v1/n" + std::to_string(i)));
  std::jthread client([&] { transport_.send_all(calls, 20s, {}); });
  while (handler_.answers < 3) std::this_thread::sleep_for(1ms);
  listener_.reset();
  // Two workers and what was left of 1.5 seconds: about 40.
  EXPECT_LT(handler_.answers, 200);
  const int made = handler_.answers;
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(handler_.answers, made);
}

TEST_P(ListenerTest, a_stop_does_not_wait_for_delays) {
  handler_.delay = 1h;
  std::vector<Call> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(call("/api/v1/n" + std::to_string(i)));
  std::jthread client([&] { transport_.send_all(calls, 20s, {}); });
  std::this_thread::sleep_for(100ms);
  const auto before = std::chrono::steady_clock::now();
  listener_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

TEST_P(ListenerTest, delay_passes_before_the_answer) {
  handler_.delay = 50ms;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(send(call("/api/v1/secrets")));
  EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
}

TEST(ListenerStart, tells_why_an_address_cannot_be_had) {
  RealClock clock;
  StubHandler handler;
  const KeyPair identity = make_server_certificate(make_root("simulator"), {"localhost"});
  const auto started = Listener::start({.address = "192.0.2.1"}, identity, handler, clock);
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().front().cause.find("192.0.2.1:0"), std::string::npos);
}

}  // namespace
}  // namespace mesh::simulator
