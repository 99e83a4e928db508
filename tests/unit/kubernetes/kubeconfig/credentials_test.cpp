#include "providers/kubernetes/kubeconfig/credentials.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "engine/jobs/process.h"
#include "tests/support/fake_clock.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using mesh::testing::FakeClock;
using nlohmann::json;

constexpr const char* v1 = "client.authentication.k8s.io/v1";

/// A folder with a script that plays an exec plugin and counts its runs.
class CredentialsPlugin : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mesh-plugin-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    access_.server = "https://dc1.example";
    access_.exec =
        ExecConfig{.command = (folder_ / "login").string(), .api_version = {v1, {}}, .interactive_mode = {"Never", {}}};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void script(const std::string& body) {
    std::ofstream(folder_ / "login") << "#!/bin/sh\necho run >> " << (folder_ / "runs").string() << "\n"
                                     << body << "\n";
    std::filesystem::permissions(folder_ / "login", std::filesystem::perms::owner_all);
  }
  void says(const std::string& status) {
    script("printf '%s' '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + std::string(v1) + "\",\"status\":" + status +
           "}'");
  }
  long runs() const {
    std::ifstream in(folder_ / "runs");
    return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
  }
  Credentials credentials(bool terminal = false) {
    return Credentials(std::make_shared<Access>(access_),
                       std::make_shared<Environment>(Environment{{"PATH", "/usr/bin:/bin"}, {"KEPT", "yes"}}), terminal,
                       file_reader(), time_);
  }
  TimePoint later() const { return time_.now() + 30s; }

  FakeClock time_;
  std::filesystem::path folder_;
  Access access_;
};

const std::vector<std::string> bearer_x = {"Authorization: Bearer x"};

TEST_F(CredentialsPlugin, is_kept_until_it_is_refused) {
  says(R"({"token":"x"})");
  Credentials credentials = this->credentials();
  const auto first = credentials.get(later(), {});
  ASSERT_TRUE(first.has_value()) << first.error()[0].cause;
  EXPECT_EQ(first->headers, bearer_x);
  EXPECT_TRUE(credentials.get(later(), {}).has_value());
  EXPECT_EQ(runs(), 1);
  EXPECT_TRUE(credentials.refused(first->generation));
  const auto second = credentials.get(later(), {});
  EXPECT_EQ(runs(), 2);
  // Someone else's late 401 about the first issue changes nothing.
  EXPECT_TRUE(credentials.refused(first->generation));
  EXPECT_EQ(credentials.get(later(), {})->generation, second->generation);
  EXPECT_EQ(runs(), 2);
}

TEST_F(CredentialsPlugin, runs_again_when_it_has_expired) {
  says(R"({"token":"x","expirationTimestamp":"2026-11-22T13:01:00Z"})");  // one minute after the clock's start
  Credentials credentials = this->credentials();
  EXPECT_TRUE(credentials.get(later(), {}).has_value());
  time_.pass(59s);
  EXPECT_TRUE(credentials.get(later(), {}).has_value());
  EXPECT_EQ(runs(), 1);
  time_.pass(1s);
  const auto late = credentials.get(later(), {});
  EXPECT_EQ(runs(), 2);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error()[0].code, Code::exec_plugin_failed);
}

TEST_F(CredentialsPlugin, runs_once_for_many_at_once) {
  says(R"({"token":"x"})");
  Credentials credentials = this->credentials();
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { good += credentials.get(later(), {}).has_value() ? 1 : 0; });
  }
  threads.clear();
  EXPECT_EQ(good, 16);
  EXPECT_EQ(runs(), 1);
}

TEST_F(CredentialsPlugin, gets_arguments_environment_and_cluster) {
  access_.exec->args = {"a b", "$HOME"};
  access_.exec->env = {{"MORE", "m"}};
  access_.exec->provide_cluster_info = true;
  access_.exec_extension = {{"audience", "x"}};
  access_.ca_pem = "PEM";
  access_.tls_server_name = "n";
  script("printf '%s\\n' \"$1\" \"$2\" \"$KEPT$MORE\" \"$KUBERNETES_EXEC_INFO\" > " + (folder_ / "seen").string() +
         "; printf '%s' "
         "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
         "v1\",\"status\":{\"token\":\"x\"}}'");
  ASSERT_TRUE(credentials().get(later(), {}).has_value());
  std::ifstream in(folder_ / "seen");
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "a b");
  std::getline(in, line);
  EXPECT_EQ(line, "$HOME");
  std::getline(in, line);
  EXPECT_EQ(line, "yesm");
  std::getline(in, line);
  EXPECT_EQ(json::parse(line),
            json::parse(R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{
    "interactive":false,"cluster":{"server":"https://dc1.example","certificate-authority-data":"UEVN","tls-server-name":"n",
    "config":{"audience":"x"}}}})"));
}

TEST_F(CredentialsPlugin, does_not_see_the_cluster_unless_asked_for) {
  EXPECT_FALSE(exec_info(access_, true)["spec"].contains("cluster"));
  EXPECT_TRUE(exec_info(access_, true)["spec"]["interactive"]);
}

struct BadPlugin {
  const char* name;
  const char* script;
  Code code;
  const char* words;
};
void PrintTo(const BadPlugin& row, std::ostream* out) { *out << row.name; }
class CredentialsBadPlugins : public CredentialsPlugin, public ::testing::WithParamInterface<BadPlugin> {};

TEST_P(CredentialsBadPlugins, are_explained) {
  script(GetParam().script);
  const auto got = credentials().get(later(), {});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error()[0].code, GetParam().code);
  EXPECT_NE(got.error()[0].cause.find(GetParam().words), std::string::npos) << got.error()[0].cause;
  EXPECT_EQ(got.error()[0].cause.find("hush"), std::string::npos) << got.error()[0].cause;
}

#define CREDENTIAL(status) \
  "printf %s '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"," status "}'"
INSTANTIATE_TEST_SUITE_P(
    Table, CredentialsBadPlugins,
    ::testing::Values(
        BadPlugin{"fails", "echo 'session expired, token=hush' >&2; exit 3", Code::exec_plugin_failed,
                  "exited with code 3; its stderr: session expired"},
        BadPlugin{"dies", "kill -9 $$", Code::exec_plugin_failed, "killed by signal 9"},
        BadPlugin{"prints_nothing", "true", Code::exec_plugin_failed, "0 bytes that are not a JSON object"},
        BadPlugin{"prints_a_bare_token", "echo hush", Code::exec_plugin_failed, "not a JSON object"},
        BadPlugin{"prints_an_old_version",
                  "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\"}'",
                  Code::exec_plugin_failed, "answered in apiVersion `client.authentication.k8s.io/v1beta1`"},
        BadPlugin{"prints_another_kind", "echo '{\"kind\":\"Secret\"}'", Code::exec_plugin_failed,
                  "not an ExecCredential"},
        BadPlugin{"has_no_status", CREDENTIAL("\"spec\":{}"), Code::exec_plugin_failed, "no status"},
        BadPlugin{"has_nothing_in_it", CREDENTIAL("\"status\":{}"), Code::exec_plugin_failed, "neither a token nor"},
        BadPlugin{"has_half_a_pair", CREDENTIAL("\"status\":{\"clientKeyData\":\"hush\"}"), Code::exec_plugin_failed,
                  "only one of"},
        BadPlugin{"has_a_bad_pair",
                  CREDENTIAL("\"status\":{\"clientKeyData\":\"hush\",\"clientCertificateData\":\"x\"}"),
                  Code::exec_plugin_failed, "cannot be used"},
        BadPlugin{"has_an_odd_time", CREDENTIAL("\"status\":{\"token\":\"hush\",\"expirationTimestamp\":\"soon\"}"),
                  Code::exec_plugin_failed, "not an RFC 3339 time"},
        BadPlugin{"adds_headers", CREDENTIAL("\"status\":{\"token\":\"hush\\r\\nX: y\"}"), Code::exec_plugin_failed,
                  "line break"},
        BadPlugin{"prints_without_end", "yes hush", Code::exec_plugin_failed, "more than 1 MiB"}),
    [](const auto& row) { return row.param.name; });

TEST_F(CredentialsPlugin, missing_shows_its_install_hint) {
  access_.exec->command = "no-such-plugin-anywhere";
  access_.exec->install_hint = "get it at plugins.example";
  const auto got = credentials().get(later(), {});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error()[0].hint, "get it at plugins.example");
}

TEST_F(CredentialsPlugin, that_always_asks_needs_a_terminal) {
  says(R"({"token":"x"})");
  access_.exec->interactive_mode.value = "Always";
  EXPECT_FALSE(credentials(false).get(later(), {}).has_value());
  EXPECT_EQ(runs(), 0);
  EXPECT_TRUE(credentials(true).get(later(), {}).has_value());
}

TEST_F(CredentialsPlugin, is_killed_with_its_children_at_the_deadline) {
  script("sleep 60 & echo $! > " + (folder_ / "child").string() + "; wait");
  const auto before = std::chrono::steady_clock::now();
  const auto got = credentials().get(time_.now() + 200ms, {});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error()[0].code, Code::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
  int child = 0;
  std::ifstream(folder_ / "child") >> child;
  ASSERT_GT(child, 0);
  // Its end is an event of its own, whoever collects it.
  const int process = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (process < 0) {
    EXPECT_EQ(errno, ESRCH);
    return;
  }
  pollfd ended{.fd = process, .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ended, 1, 30'000), 1) << "it still runs";
  close(process);
}

TEST_F(CredentialsPlugin, is_killed_when_mesh_is_stopped) {
  script("echo ready; sleep 60");
  std::stop_source stop;
  std::jthread stopper([&] {
    while (runs() == 0) std::this_thread::yield();
    stop.request_stop();
  });
  const auto got = credentials().get(later(), stop.get_token());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error()[0].code, Code::cancelled);
}

TEST_F(CredentialsPlugin, leaves_a_child_behind_that_holds_the_pipe) {
  script("sleep 60 & echo $! > " + (folder_ / "child").string() +
         "; echo "
         "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
         "v1\",\"status\":{\"token\":\"x\"}}'");
  EXPECT_TRUE(credentials().get(later(), {}).has_value());
  int child = 0;
  std::ifstream(folder_ / "child") >> child;
  if (child > 0) ::kill(child, SIGKILL);
}

TEST(CredentialsTokenFile, is_read_again_after_a_minute_and_after_a_refusal) {
  FakeClock time;
  std::string content = "one\n";
  int reads = 0;
  Access access;
  access.token = "from-kubeconfig";
  access.token_file = "/t";
  Credentials credentials(
      std::make_shared<Access>(access), std::make_shared<Environment>(), false,
      [&](const auto&) -> Result<std::string> {
        ++reads;
        return content;
      },
      time);
  const auto header = [&] { return credentials.get(time.now() + 1s, {})->headers[0]; };
  EXPECT_EQ(header(), "Authorization: Bearer one");
  content = "two";
  time.pass(59s);
  EXPECT_EQ(header(), "Authorization: Bearer one");
  EXPECT_EQ(reads, 1);
  time.pass(1s);
  EXPECT_EQ(header(), "Authorization: Bearer two");
  content = "three";
  EXPECT_TRUE(credentials.refused(credentials.get(time.now(), {})->generation));
  EXPECT_EQ(header(), "Authorization: Bearer three");
  content = "";
  time.pass(1min);
  EXPECT_EQ(header(), "Authorization: Bearer three");
}

TEST(CredentialsTokenFile, falls_back_to_the_token_and_else_fails) {
  FakeClock time;
  const auto missing = [](const std::filesystem::path&) -> Result<std::string> {
    return failure(Diagnostic{.code = Code::file_not_readable});
  };
  Access access;
  access.token_file = "/t";
  EXPECT_EQ(Credentials(std::make_shared<Access>(access), std::make_shared<Environment>(), false, missing, time)
                .get(time.now(), {})
                .error()[0]
                .code,
            Code::file_not_readable);
  access.token = "spare";
  EXPECT_EQ(Credentials(std::make_shared<Access>(access), std::make_shared<Environment>(), false, missing, time)
                .get(time.now(), {})
                ->headers[0],
            "Authorization: Bearer spare");
}

TEST(CredentialsStatic, become_headers) {
  FakeClock time;
  Access access;
  access.username = "me";
  access.password = "pw";
  access.impersonate_user = "boss";
  access.impersonate_uid = "7";
  access.impersonate_groups = {"a", "b"};
  access.impersonate_extra = {{"acme.com/Some key", "v"}};
  Credentials credentials(std::make_shared<Access>(access), std::make_shared<Environment>(), false, file_reader(),
                          time);
  EXPECT_EQ(credentials.get(time.now(), {})->headers,
            (std::vector<std::string>{"Impersonate-User: boss", "Impersonate-Uid: 7", "Impersonate-Group: a",
                                      "Impersonate-Group: b", "Impersonate-Extra-acme.com%2FSome%20key: v",
                                      "Authorization: Basic bWU6cHc="}));
  EXPECT_FALSE(credentials.refused(0));
}

}  // namespace
}  // namespace mesh::kubernetes
