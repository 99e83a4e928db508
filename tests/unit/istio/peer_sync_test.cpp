#include "providers/istio/peer_sync.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

IstiodMemory pod_of(const char* name, const char* cluster, const char* status) {
  return {.pod = name, .clusters = {{{cluster, {.secret = "istio-system/s", .status = status}}}}};
}
IstiodMemory silent_pod(const char* name) { return {.pod = name}; }

struct ReadinessRow {
  const char* name;
  std::vector<IstiodMemory> istiods;
  Readiness::State state;
  std::string message;
};
class PeerSyncReadiness : public ::testing::TestWithParam<ReadinessRow> {};
TEST_P(PeerSyncReadiness, of_all_replicas) {
  const Readiness now = istio::readiness_of_sync(GetParam().istiods, "cn-b");
  EXPECT_EQ(now.state, GetParam().state);
  EXPECT_EQ(now.message, GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    all, PeerSyncReadiness,
    ::testing::Values(
        ReadinessRow{
            "synced", {pod_of("p", "cn-b", "synced"), pod_of("q", "cn-b", "synced")}, Readiness::State::ready, ""},
        ReadinessRow{"one_replica_lags",
                     {pod_of("p", "cn-b", "synced"), pod_of("q", "cn-b", "syncing")},
                     Readiness::State::pending,
                     "istiod q has not synced cn-b: syncing"},
        ReadinessRow{"one_replica_does_not_know_it",
                     {pod_of("p", "cn-b", "synced"), pod_of("q", "cn-a", "synced")},
                     Readiness::State::pending,
                     "istiod q does not know cn-b yet"},
        ReadinessRow{"gave_up",
                     {pod_of("p", "cn-b", "timeout")},
                     Readiness::State::failed,
                     "istiod p has not synced cn-b: timeout; it could not list what is in that cluster, see its log"},
        ReadinessRow{"one_that_says_nothing_holds_up_nothing",
                     {silent_pod("p"), pod_of("q", "cn-b", "synced")},
                     Readiness::State::ready,
                     ""},
        ReadinessRow{"no_istiod_runs", {}, Readiness::State::ready, ""}),
    [](const auto& row) { return row.param.name; });

struct PeerSyncTest : ::testing::Test {
  PeerSyncTest() {
    for (const char* pod : {"istiod-1", "istiod-2"}) {
      server.cluster.update({"v1", "Pod", "istio-system", pod}, "test", [](json& body) {
        body["metadata"]["labels"]["app"] = "istiod";
        body["status"]["phase"] = "Running";
      });
    }
    server.exec = [&](const kubernetes::ExecRequest& exec) -> Result<kubernetes::ExecAnswer> {
      asked.push_back(exec.pod);
      const bool synced = exec.pod == "istiod-1" || static_cast<int>(asked.size()) > syncing_answers;
      return kubernetes::ExecAnswer{
          .out = fmt::format(R"([{{"id": "cn-b", "secretName": "istio-system/s", "syncStatus": "{}"}}])",
                             synced ? "synced" : "syncing")};
    };
  }
  Result<void> wait(std::chrono::seconds time = std::chrono::seconds(60)) {
    return sync.wait(
        "a", "cn-b", [&](const std::string& what) { heard.push_back(what); },
        {.deadline = world.clock.now() + time, .stop = stop.get_token()}, warnings);
  }
  IstioWorld world{mesh_of({"a", "b"})};
  FakeServer& server = world.clients.at("a");
  istio::ClientPool clients{world.spec.mesh.name, world.spec.clusters, world.clients};
  istio::PeerSync sync{world.spec.mesh, clients, world.clock};
  std::stop_source stop;
  int syncing_answers = 0;
  std::vector<std::string> asked;
  std::vector<std::string> heard;
  Diagnostics warnings;
};

TEST_F(PeerSyncTest, waits_until_the_last_replica_has_synced) {
  syncing_answers = 5;
  EXPECT_TRUE(wait());
  EXPECT_THAT(heard, ElementsAre("istiod istiod-2 has not synced cn-b: syncing"));
  EXPECT_THAT(asked, SizeIs(6)) << "both pods, three times";
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(PeerSyncTest, a_peer_that_is_not_synced_in_time_is_an_error) {
  syncing_answers = 10'000;
  const auto late = wait(std::chrono::seconds(5));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().front().code, Code::not_ready);
  EXPECT_THAT(late.error().front().cause, HasSubstr("istiod-2"));
}

TEST_F(PeerSyncTest, an_istiod_that_gave_up_on_the_secret_before_gets_a_moment) {
  int answers = 0;
  std::string state = "timeout";
  server.exec = [&](const kubernetes::ExecRequest&) -> Result<kubernetes::ExecAnswer> {
    if (++answers > 3) state = "synced";
    return kubernetes::ExecAnswer{
        .out = fmt::format(R"([{{"id": "cn-b", "secretName": "istio-system/s", "syncStatus": "{}"}}])", state)};
  };
  EXPECT_TRUE(wait());
}

TEST_F(PeerSyncTest, an_istiod_that_gave_up_is_not_waited_for_to_the_end) {
  server.exec = [&](const kubernetes::ExecRequest&) -> Result<kubernetes::ExecAnswer> {
    return kubernetes::ExecAnswer{.out =
                                      R"([{"id": "cn-b", "secretName": "istio-system/s", "syncStatus": "timeout"}])"};
  };
  const auto begin = world.clock.now();
  EXPECT_FALSE(wait(std::chrono::seconds(300)));
  EXPECT_LT(world.clock.now() - begin, std::chrono::seconds(15));
}

TEST_F(PeerSyncTest, a_stop_ends_the_wait) {
  syncing_answers = 10'000;
  stop.request_stop();
  const auto stopped = wait();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().front().code, Code::cancelled);
}

TEST_F(PeerSyncTest, istiods_that_cannot_be_asked_are_told_once) {
  server.exec = {};
  EXPECT_TRUE(wait());
  EXPECT_TRUE(wait());
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_EQ(warnings[0].summary, "it is not known whether istiod has synced its peers");
}

TEST_F(PeerSyncTest, where_no_istiod_runs_nothing_is_known) {
  for (const char* pod : {"istiod-1", "istiod-2"}) server.cluster.remove({"v1", "Pod", "istio-system", pod});
  EXPECT_TRUE(wait());
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].cause, "no pod of istiod runs");
}

TEST_F(PeerSyncTest, metrics_tell_the_state_where_no_command_may_run) {
  server.exec = {};
  int pages = 0;
  server.page = [&](const kubernetes::PodPage& page) -> Result<std::string> {
    EXPECT_EQ(page.port, 15014);
    EXPECT_EQ(page.path, "/metrics");
    const bool synced = ++pages > 4;
    return fmt::format(
        "istiod_remote_cluster_sync_status{{cluster=\"cn-b\",cluster_type=\"remote\",status=\"syncing\"}} {}\n"
        "istiod_remote_cluster_sync_status{{cluster=\"cn-b\",cluster_type=\"remote\",status=\"synced\"}} {}\n",
        synced ? 0 : 1, synced ? 1 : 0);
  };
  EXPECT_TRUE(wait());
  EXPECT_EQ(pages, 6);
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(PeerSyncTest, metrics_of_an_older_istiod_prove_only_that_nothing_is_registered) {
  server.exec = {};
  int pages = 0;
  server.page = [&](const kubernetes::PodPage&) -> Result<std::string> {
    const int registered = ++pages > 4 ? 1 : 0;
    return fmt::format("istiod_managed_clusters{{cluster_type=\"remote\"}} {}\n{}", registered,
                       "remote_cluster_sync_timeouts_total{cluster=\"cn-b\"} 2\n");
  };
  EXPECT_TRUE(wait());
  EXPECT_EQ(pages, 6) << "waited while no cluster was registered";
  EXPECT_THAT(heard, ElementsAre("istiod istiod-1 does not know cn-b yet"));
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0].cause, HasSubstr("1 remote clusters are registered"));
  EXPECT_THAT(warnings[0].cause, HasSubstr("gave up on this one"));
}

TEST_F(PeerSyncTest, the_replicas_that_can_be_asked_are_waited_for) {
  const auto ask = server.exec;
  syncing_answers = 3;
  server.exec = [&, ask](const kubernetes::ExecRequest& exec) -> Result<kubernetes::ExecAnswer> {
    if (exec.pod == "istiod-1") return failure(Diagnostic{.code = Code::server_error, .summary = "no kubelet"});
    return ask(exec);
  };
  EXPECT_TRUE(wait());
  EXPECT_THAT(heard, ElementsAre("istiod istiod-2 has not synced cn-b: syncing"));
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0].cause, HasSubstr("istiod-1 could not be asked"));
}

TEST_F(PeerSyncTest, an_apply_waits_for_it) {
  syncing_answers = 3;
  EXPECT_TRUE(succeeded(world.apply(world.plan())));
  EXPECT_THAT(asked, SizeIs(4));
}

}  // namespace
}  // namespace mesh::testing
