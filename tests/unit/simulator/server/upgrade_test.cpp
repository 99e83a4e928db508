#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "tests/unit/simulator/server/pod_client.h"
#include "tests/unit/simulator/server/stub_handler.h"

namespace mesh::simulator {
namespace {

using testing::PodClient;
using testing::RealClock;
using testing::StubHandler;

/// Answers on port 80, and runs one command.
class StubPod final : public PodBackend {
 public:
  ApiResponse log(const std::string&, const std::string&, const std::multimap<std::string, std::string>&) override {
    return {};
  }
  ApiResponse proxy(const std::string& ns, const std::string& pod, const std::string& port, const std::string& path,
                    const ApiRequest& request, From from) override {
    if (path == "/large") return {.content_type = "text/plain", .body = std::string(3U << 20U, 'x')};
    if (path == "/throw") throw std::runtime_error("a bug");
    return {.content_type = "text/plain",
            .body = request.method + " " + ns + "/" + pod + ":" + port + path + " [" + request.body + "]" +
                    (from == From::loopback ? " from inside" : "")};
  }
  ExecResult exec(const std::string&, const std::string&, const std::string& container,
                  const std::vector<std::string>& command) override {
    if (command.front() != "hello") return {.exit_code = 0, .out = {}, .err = {}, .failure = "no such program"};
    return {.exit_code = 3, .out = "out of " + container, .err = "err", .failure = {}};
  }
  std::string sandbox(const std::string&, const std::string&) override { return running ? "5a2d" : ""; }
  bool listens(const std::string&, const std::string&, int port) override { return port == 80; }
  std::atomic<bool> running = true;
};

class UpgradeBed : public ::testing::Test {
 protected:
  UpgradeBed() {
    handler_.backend = pod_;
    listener_ = std::move(*Listener::start({}, authority_.server({"127.0.0.1"}), handler_, clock_));
  }
  void allow(Upgrade::Kind kind, std::vector<std::string> command = {}) {
    handler_.upgrade = Upgrade{.kind = kind,
                               .ns = "sp",
                               .pod = "p",
                               .container = "c",
                               .command = std::move(command),
                               .ports = {},
                               .in = true,
                               .out = true,
                               .error = true};
  }
  using Headers = std::map<std::string, std::string>;
  static Headers spdy(const std::string& protocols) {
    return {{"Connection", "Upgrade"}, {"Upgrade", "SPDY/3.1"}, {"X-Stream-Protocol-Version", protocols}};
  }

  RealClock clock_;
  Authority authority_{"simulator"};
  StubHandler handler_;
  std::shared_ptr<StubPod> pod_ = std::make_shared<StubPod>();
  std::unique_ptr<Listener> listener_;
};

/// Of a forwarded connection.
struct Pair {
  spdy::StreamId error;
  spdy::StreamId data;
};

class Forwarding : public UpgradeBed, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    allow(Upgrade::Kind::port_forward);
    client_ = std::make_unique<PodClient>(listener_->port());
    if (GetParam()) {
      client_->web_socket("SPDY/3.1+portforward.k8s.io");
    } else {
      ASSERT_EQ(client_->upgrade(spdy("portforward.k8s.io")).status, 101);
    }
  }
  Pair dial(int port) {
    const std::string id = std::to_string(dialled_++);
    const auto open = [&](const char* type) {
      return client_->open({{"streamtype", type}, {"port", std::to_string(port)}, {"requestid", id}});
    };
    const Pair pair{open("error"), open("data")};
    client_->finish(pair.error);
    return pair;
  }

  std::unique_ptr<PodClient> client_;
  int dialled_ = 0;
};

INSTANTIATE_TEST_SUITE_P(transports, Forwarding, ::testing::Values(false, true),
                         [](const auto& row) { return row.param ? "web_socket" : "spdy"; });

TEST_P(Forwarding, brings_requests_to_the_pod_and_answers_back) {
  const Pair pair = dial(80);
  client_->say(pair.data, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  client_->wait_for(pair.data, " from inside");
  EXPECT_FALSE(client_->ended(pair.data));
  const std::string first = client_->heard(pair.data);
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\n")) << first;
  EXPECT_NE(first.find("\r\n\r\nGET sp/p:80/a?b=c [] from inside"), std::string::npos) << first;
  client_->say(pair.data, "POST /d HTTP/1.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");
  client_->wait_for_end(pair.data);
  EXPECT_NE(client_->heard(pair.data).find("POST sp/p:80/d [body]"), std::string::npos);
  client_->wait_for_end(pair.error);
  EXPECT_EQ(client_->heard(pair.error), "");
}

TEST_P(Forwarding, carries_many_connections_at_once) {
  std::vector<Pair> pairs;
  for (int i = 0; i < 50; ++i) pairs.push_back(dial(80));
  for (const Pair& pair : pairs) client_->say(pair.data, "GET /large HTTP/1.0\r\n\r\n");
  for (const Pair& pair : pairs) {
    client_->wait_for_end(pair.data);
    EXPECT_GT(client_->heard(pair.data).size(), 3U << 20U);
  }
}

TEST_P(Forwarding, ends_with_either_side) {
  const Pair silent = dial(80);
  client_->finish(silent.data);
  client_->wait_for_end(silent.data);
  const Pair half = dial(80);
  client_->say(half.data, "GET / HT");
  client_->reset(half.data);
  client_->wait_for_end(half.error);
  const Pair head = dial(80);
  client_->say(head.data, "HEAD / HTTP/1.0\r\n\r\n");
  client_->wait_for_end(head.data);
  EXPECT_TRUE(client_->heard(head.data).ends_with("\r\n\r\n"));
}

TEST_P(Forwarding, tells_that_nobody_listens) {
  const Pair pair = dial(81);
  client_->wait_for_end(pair.error);
  client_->wait_for_end(pair.data);
  EXPECT_EQ(client_->heard(pair.error),
            "error forwarding port 81 to pod 5a2d, uid : failed to execute portforward in network namespace "
            "\"/var/run/netns/cni-5a2d\": failed to connect to localhost:81 inside namespace \"5a2d\", IPv4: dial tcp4 "
            "127.0.0.1:81: connect: connection refused IPv6 dial tcp6 [::1]:81: connect: connection refused ");
  const Pair other = dial(80);
  client_->say(other.data, "GET / HTTP/1.0\r\n\r\n");
  client_->wait_for_end(other.data);
  EXPECT_NE(client_->heard(other.data).find("from inside"), std::string::npos);
}

TEST_P(Forwarding, tells_that_the_pod_is_gone) {
  pod_->running = false;
  const Pair pair = dial(80);
  client_->wait_for_end(pair.error);
  EXPECT_NE(client_->heard(pair.error).find("failed to find sandbox"), std::string::npos);
}

TEST_P(Forwarding, answers_what_is_no_http_and_what_throws) {
  const Pair pair = dial(80);
  client_->say(pair.data, "hello, is this TLS?\r\n\r\n");
  client_->wait_for_end(pair.data);
  EXPECT_TRUE(client_->heard(pair.data).starts_with("HTTP/1.1 400 Bad Request\r\n"));
  const Pair thrown = dial(80);
  client_->say(thrown.data, "GET /throw HTTP/1.0\r\n\r\n");
  client_->wait_for_end(thrown.data);
  EXPECT_TRUE(client_->heard(thrown.data).starts_with("HTTP/1.1 500 "));
}

TEST_P(Forwarding, resets_streams_that_are_not_understood) {
  const std::vector<spdy::Headers> wrong = {{},
                                            {{"streamtype", "data"}},
                                            {{"streamtype", "data"}, {"port", "0"}},
                                            {{"streamtype", "data"}, {"port", "70000"}},
                                            {{"streamtype", "data"}, {"port", "80x"}},
                                            {{"streamtype", "stdin"}, {"port", "80"}}};
  for (const spdy::Headers& headers : wrong) {
    const spdy::StreamId id = client_->open(headers);
    client_->wait_for_end(id);
    EXPECT_TRUE(client_->was_reset(id));
  }
  const Pair pair = dial(80);
  const Pair unpaired{client_->open({{"streamtype", "error"}, {"port", "80"}, {"requestid", "x"}}),
                      client_->open({{"streamtype", "error"}, {"port", "80"}, {"requestid", "x"}})};
  client_->wait_for(unpaired.error, "error processing stream for request x: error stream already assigned");
  client_->say(pair.data, "GET / HTTP/1.0\r\n\r\n");
  client_->wait_for_end(pair.data);
}

TEST_P(Forwarding, pairs_streams_of_clients_that_give_no_id) {
  const spdy::StreamId error = client_->open({{"streamtype", "error"}, {"port", "81"}});
  const spdy::StreamId data = client_->open({{"streamtype", "data"}, {"port", "81"}});
  client_->wait_for_end(error);
  client_->wait_for_end(data);
  EXPECT_NE(client_->heard(error).find("connection refused"), std::string::npos);
}

TEST_P(Forwarding, survives_garbage) {
  client_->say_raw(std::string(5000, '\xff'));
  client_->wait_for_close();
  EXPECT_TRUE(client_->told_to_go());
  PodClient next(listener_->port());
  ASSERT_EQ(next.upgrade(spdy("portforward.k8s.io")).status, 101);
}

TEST_P(Forwarding, ends_with_the_server) {
  const Pair pair = dial(80);
  client_->say(pair.data, "GET / HTTP/1.1\r\n\r\n");
  client_->wait_for(pair.data, "from inside");
  listener_.reset();
  client_->wait_for_close();
  EXPECT_TRUE(client_->told_to_go());
}

TEST_F(UpgradeBed, refuses_what_it_does_not_speak) {
  allow(Upgrade::Kind::port_forward);
  EXPECT_EQ(PodClient(listener_->port()).upgrade(spdy("v4.channel.k8s.io")).status, 403);
  EXPECT_EQ(PodClient(listener_->port()).upgrade({{"Connection", "Upgrade"}, {"Upgrade", "SPDY/3.1"}}).status, 400);
  EXPECT_EQ(PodClient(listener_->port()).upgrade({{"Connection", "Upgrade"}, {"Upgrade", "h2c"}}).status, 400);
  allow(Upgrade::Kind::attach);
  EXPECT_EQ(PodClient(listener_->port()).upgrade(spdy("v4.channel.k8s.io")).status, 400);
}

TEST_F(UpgradeBed, has_no_ports_of_a_pod_that_does_not_run) {
  allow(Upgrade::Kind::port_forward);
  pod_->running = false;
  const auto answer = PodClient(listener_->port()).upgrade(spdy("portforward.k8s.io"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "pod not found (\"p_sp\")\n");
}

class Commands : public UpgradeBed {
 protected:
  /// The four streams, in the order of kubectl, and what each of them tells.
  std::map<std::string, std::string> run(const std::string& protocols) {
    PodClient client(listener_->port());
    EXPECT_EQ(client.upgrade(spdy(protocols)).status, 101);
    std::map<std::string, spdy::StreamId> ids;
    for (const char* type : {"error", "stdin", "stdout", "stderr"}) ids[type] = client.open({{"streamtype", type}});
    client.say(ids["stdin"], std::string(300'000, 'i'));
    client.finish(ids["stdin"]);
    std::map<std::string, std::string> told;
    for (const char* type : {"error", "stdout", "stderr"}) {
      client.wait_for_end(ids[type]);
      told[type] = client.heard(ids[type]);
    }
    return told;
  }
};

TEST_F(Commands, are_run_in_spdy) {
  allow(Upgrade::Kind::exec, {"hello"});
  const auto told = run("v4.channel.k8s.io, v3.channel.k8s.io");
  EXPECT_EQ(told.at("stdout"), "out of c");
  EXPECT_EQ(told.at("stderr"), "err");
  EXPECT_NE(told.at("error").find(R"("reason":"NonZeroExitCode")"), std::string::npos) << told.at("error");
}

TEST_F(Commands, tell_old_clients_in_words) {
  allow(Upgrade::Kind::exec, {"hello"});
  EXPECT_EQ(run("v3.channel.k8s.io").at("error"), "command terminated with non-zero exit code: exit status 3");
  allow(Upgrade::Kind::exec, {"none"});
  EXPECT_EQ(run("v2.channel.k8s.io").at("error"), "no such program");
}

TEST_F(Commands, are_run_in_web_sockets_whatever_they_are_given_to_read) {
  allow(Upgrade::Kind::exec, {"hello"});
  PodClient client(listener_->port());
  client.web_socket("v5.channel.k8s.io");
  for (int i = 0; i < 40; ++i) client.say_raw(std::string(1, '\0') + std::string(100'000, 'i'));
  const std::string told = client.messages();
  EXPECT_NE(told.find("\x01out of c"), std::string::npos) << told;
  EXPECT_NE(told.find("\x02"
                      "err"),
            std::string::npos)
      << told;
  EXPECT_NE(told.find("NonZeroExitCode"), std::string::npos) << told;
}

}  // namespace
}  // namespace mesh::simulator
