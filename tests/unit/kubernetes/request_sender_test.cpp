#include "providers/kubernetes/request_sender.h"

#include "tests/unit/kubernetes/scripted_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

class RequestSenderTest : public ScriptedServer {};

TEST_F(RequestSenderTest, repeats_what_may_be_repeated) {
  will_answer({{.status = 503},
               {.status = 429, .headers = {{"Retry-After", "7"}}},
               {.status = 500, .body = "etcd"},
               {.body = R"({"gitVersion":"v1.32.0"})"}});
  const auto client = connect();
  const auto version = client->version(limits());
  ASSERT_TRUE(version.has_value()) << version.error()[0].cause;
  EXPECT_EQ(*version, "v1.32.0");
  EXPECT_EQ(time_.slept(), (std::vector<std::chrono::milliseconds>{100ms, 7000ms, 400ms}));
  EXPECT_EQ(client->requests_sent(), 4U);
  EXPECT_EQ(retries_.size(), 3U);
}

TEST_F(RequestSenderTest, gives_up_when_the_wait_would_pass_the_deadline) {
  will_answer({{.status = 429, .headers = {{"Retry-After", "61"}}}});
  const auto version = connect()->version(limits());
  ASSERT_FALSE(version.has_value());
  EXPECT_EQ(version.error()[0].code, Code::too_many_requests);
  EXPECT_TRUE(time_.slept().empty());
}

TEST_F(RequestSenderTest, never_repeats_a_refusal) {
  for (const int status : {400, 403, 404, 405, 409, 422}) {
    will_answer({{.status = status, .body = R"({"kind":"Status","reason":"X","message":"no"})"}});
    const auto client = connect();
    EXPECT_FALSE(client->apply(service, {{"a", 1}}, Force::no, limits()).has_value());
    EXPECT_EQ(client->requests_sent(), 1U) << status;
  }
}

TEST_F(RequestSenderTest, renews_a_refused_credential_once) {
  will_answer({{.body = R"({"gitVersion":"v1"})"},
               {.status = 401},
               {.body = R"({"gitVersion":"v1"})"},
               {.status = 401},
               {.status = 401}});
  const auto client = connect("tokenFile: /token");
  EXPECT_TRUE(client->version(limits()).has_value());
  token_file_ = "two";
  EXPECT_TRUE(client->version(limits()).has_value());
  const auto refused = client->version(limits());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error()[0].code, Code::unauthorized);
  std::vector<std::string> tokens;
  for (const auto& seen : server_.seen()) tokens.push_back(seen.authorization);
  EXPECT_EQ(tokens, (std::vector<std::string>{"Bearer one", "Bearer one", "Bearer two", "Bearer two", "Bearer two"}));
}

TEST_F(RequestSenderTest, does_not_renew_what_cannot_be_renewed) {
  will_answer({{.status = 401}});
  const auto client = connect();
  EXPECT_EQ(client->version(limits()).error()[0].code, Code::unauthorized);
  EXPECT_EQ(client->requests_sent(), 1U);
}

TEST_F(RequestSenderTest, stops_before_it_sends) {
  std::stop_source stop;
  stop.request_stop();
  CallLimits stopped = limits();
  stopped.stop = stop.get_token();
  const auto client = connect();
  EXPECT_EQ(client->version(stopped).error()[0].code, Code::cancelled);
  EXPECT_EQ(client
                ->wait(
                    {.id = service}, [](const Object*) { return "x"; }, {}, stopped)
                .error()[0]
                .code,
            Code::cancelled);
  EXPECT_TRUE(server_.seen().empty());
}

TEST_F(RequestSenderTest, stops_trying_and_tells_the_last_answer) {
  std::stop_source stop;
  CallLimits stopped = limits();
  stopped.stop_trying = stop.get_token();
  stopped.on_retry = [&](const std::string&, auto) {
    if (server_.seen().size() == 2) stop.request_stop();
  };
  will_answer({{.status = 503, .body = "{}"}, {.status = 503, .body = "{}"}, {.body = object("7")}});
  const auto client = connect();
  const auto done = client->apply(service, {{"kind", "Service"}}, Force::no, stopped);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error()[0].code, Code::cancelled);
  EXPECT_NE(done.error()[0].cause.find("tried 2 times"), std::string::npos) << done.error()[0].cause;
  EXPECT_NE(done.error()[0].cause.find("503"), std::string::npos) << done.error()[0].cause;
  EXPECT_EQ(server_.seen().size(), 2U);
}

TEST_F(RequestSenderTest, lets_a_request_under_way_have_its_answer) {
  std::stop_source stop;
  CallLimits stopped = limits();
  stopped.stop_trying = stop.get_token();
  will_answer({{.body = object("7")}});
  while_answering_ = [&] { stop.request_stop(); };
  EXPECT_TRUE(connect()->apply(service, {{"kind", "Service"}}, Force::no, stopped).has_value());
}

TEST_F(RequestSenderTest, tries_an_unreachable_server_a_few_times_only) {
  const auto client = connect();
  const auto dead = client->dial("http://127.0.0.1:1", "", "t", "/version", limits());
  ASSERT_FALSE(dead.has_value());
  EXPECT_EQ(dead.error()[0].code, Code::unreachable);
  EXPECT_EQ(client->requests_sent(), 3U);
}

TEST_F(RequestSenderTest, repeats_a_broken_answer_on_a_fresh_connection) {
  RawServer broken(
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"});
  EXPECT_TRUE(connect()->dial(broken.url(), "", "t", "/version", limits()).has_value());
  EXPECT_EQ(broken.accepted(), 2U);
}

}  // namespace
}  // namespace mesh::kubernetes
