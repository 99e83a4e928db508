#include "providers/kubernetes/pod_exec.h"

#include <gtest/gtest.h>

#include "providers/kubernetes/client_factory.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/kubernetes/scripted_server.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::seconds;

const ExecRequest curl{.ns = "n", .pod = "p", .container = "sleep", .command = {"curl", "-s", "http://a b/"}};
const std::string success = R"({"metadata":{},"status":"Success"})";
const std::string exit_7 =
    R"({"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}})";

TEST(PodExec, AsksForAWebsocketWithBothProtocols) {
  const HttpRequest request = exec_request(curl);
  EXPECT_EQ(request.target,
            "/api/v1/namespaces/n/pods/p/exec?container=sleep&command=curl&command=-s&command=http%3A%2F%2Fa%20b%2F"
            "&stdout=true&stderr=true");
  EXPECT_EQ(request.headers, std::vector<std::string>{"Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io"});
}

TEST(PodExec, AsksForAPageThroughTheApiServer) {
  const HttpRequest request = page_request({.ns = "n", .pod = "p", .port = 15014, .path = "/metrics"});
  EXPECT_EQ(request.target, "/api/v1/namespaces/n/pods/p:15014/proxy/metrics");
  EXPECT_EQ(request.headers, std::vector<std::string>{"Accept: */*"});
}

TEST(PodExec, GathersChannelsAndTheExitCode) {
  ExecOutput output(1000);
  EXPECT_TRUE(
      output.add("\x01"
                 "a"));
  EXPECT_TRUE(output.add(""));
  EXPECT_TRUE(
      output.add("\x02"
                 "e"));
  EXPECT_TRUE(
      output.add("\x01"
                 "b"));
  EXPECT_FALSE(output.ended());
  EXPECT_TRUE(output.add("\x03" + exit_7));
  EXPECT_TRUE(output.ended());
  EXPECT_EQ(*std::move(output).answer({}), (ExecAnswer{.out = "ab", .err = "e", .exit_code = 7}));
}

TEST(PodExec, SaysWhyACommandCouldNotRun) {
  ExecOutput output(1000);
  output.add(
      "\x03"
      R"({"status":"Failure","reason":"InternalError","message":"container not found"})");
  const auto answer = std::move(output).answer({.cluster = "dc1"});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error()[0].code, Code::server_error);
  EXPECT_EQ(answer.error()[0].cause, "container not found");
}

TEST(PodExec, NeedsAStatus) {
  ExecOutput output(1000);
  output.add(
      "\x01"
      "a");
  EXPECT_EQ(std::move(output).answer({}).error()[0].code, Code::malformed_answer);
}

/// A client whose API server answers with these bytes, one text per connection.
class PodExecClient : public ::testing::Test {
 protected:
  Result<ExecAnswer> run(std::vector<std::string> answers, ExecRequest exec = curl) {
    server_ = std::make_unique<mesh::testing::RawServer>(std::move(answers));
    ClientOptions options;
    options.random = [] { return 1.0; };
    const std::string config =
        "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, cluster: "
        "{server: '" +
        server_->url() + "'}}], users: [{name: u, user: {token: secret}}]}";
    options.read_file = [config](const std::filesystem::path&) -> Result<std::string> { return config; };
    const auto factory = make_client_factory(time_, std::move(options));
    ClusterSpec cluster;
    cluster.name = "dc1";
    cluster.kubeconfig = {"/kubeconfig"};
    Diagnostics warnings;
    auto client = factory->connect(cluster, "mesh.prod", warnings);
    return (*client)->exec(exec, {.deadline = time_.now() + seconds(60), .stop = {}});
  }
  static std::string switched(const std::string& protocol) {
    return "HTTP/1.1 101 S\r\nSec-WebSocket-Accept: <accept>\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n";
  }
  static std::string message(char channel, const std::string& text) {
    return "\x82" + std::string(1, static_cast<char>(text.size() + 1)) + channel + text;
  }

  mesh::testing::FakeClock time_;
  std::unique_ptr<mesh::testing::RawServer> server_;
};

TEST_F(PodExecClient, RunsACommand) {
  for (const char* protocol : {"v5.channel.k8s.io", "v4.channel.k8s.io"}) {
    const auto answer = run({switched(protocol) + message(1, "hello") + message(3, success)});
    ASSERT_TRUE(answer.has_value()) << answer.error()[0].cause;
    EXPECT_EQ(*answer, (ExecAnswer{.out = "hello"}));
    EXPECT_NE(server_->heads()[0].find("Authorization: Bearer secret\r\n"), std::string::npos);
  }
}

TEST_F(PodExecClient, ReadsOutputThatTheStatusOvertook) {
  for (const std::string& end : {std::string(), "\x88" + std::string(1, 0)}) {
    const auto answer = run({switched("v5.channel.k8s.io") + message(3, success) + message(1, "late") + end});
    ASSERT_TRUE(answer.has_value()) << answer.error()[0].cause;
    EXPECT_EQ(answer->out, "late");
  }
}

TEST_F(PodExecClient, TriesAgainWhatNeverStarted) {
  const auto answer =
      run({"HTTP/1.1 503 U\r\nContent-Length: 0\r\n\r\n", "", switched("v5.channel.k8s.io") + message(3, success)});
  ASSERT_TRUE(answer.has_value()) << answer.error()[0].cause;
  EXPECT_EQ(server_->accepted(), 3U);
}

TEST_F(PodExecClient, DoesNotRepeatACommandThatBroke) {
  const auto answer = run({switched("v5.channel.k8s.io") + message(1, "half")});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error()[0].code, Code::unreachable);
  EXPECT_EQ(server_->accepted(), 1U);
}

TEST_F(PodExecClient, PassesOnARefusal) {
  const auto answer = run(
      {"HTTP/1.1 404 N\r\nContent-Length: " + std::to_string(std::string(not_found).size()) + "\r\n\r\n" + not_found});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error()[0].code, Code::not_found);
  EXPECT_EQ(answer.error()[0].where, "cluster dc1: Pod n/p");
}

TEST_F(PodExecClient, LimitsTheOutput) {
  ExecRequest little = curl;
  little.largest_output = 4;
  const auto answer = run({switched("v5.channel.k8s.io") + message(1, "hello") + message(3, success)}, little);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error()[0].code, Code::malformed_answer);
  EXPECT_EQ(answer.error()[0].cause, "the output is longer than 4 bytes");
}

TEST_F(PodExecClient, RefusesOtherProtocols) {
  const auto answer = run({switched("channel.k8s.io") + message(1, "hello")});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error()[0].code, Code::malformed_answer);
}

class PodExecLogs : public ScriptedServer {};

TEST_F(PodExecLogs, AreText) {
  will_answer({{.body = "one\ntwo\n"}, {.status = 404, .body = not_found}});
  const auto client = connect();
  const LogsRequest logs{.ns = "n", .pod = "p", .container = "c", .lines = 2};
  EXPECT_EQ(*client->logs(logs, limits()), "one\ntwo\n");
  EXPECT_EQ(targets().front(), "GET /api/v1/namespaces/n/pods/p/log?container=c&tailLines=2&limitBytes=1048576");
  EXPECT_EQ(client->logs(logs, limits()).error()[0].code, Code::not_found);
}

}  // namespace
}  // namespace mesh::kubernetes
