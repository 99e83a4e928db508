#include "providers/istio/istiod_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using istio::MemoryDepth;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(IstiodMemoryPages, clusterz_without_its_own_cluster) {
  const auto clusters = istio::parse_clusterz(
      "2026\twarn\t{NAME [x] }\n"
      R"([{"id": "a", "syncStatus": "synced"}, {"id": "b", "secretName": "istio-system/s", "syncStatus": "timeout"}])");
  ASSERT_TRUE(clusters);
  EXPECT_EQ(*clusters, (std::map<std::string, HeldCluster>{{"b", {"istio-system/s", "timeout"}}}));
  EXPECT_EQ(istio::parse_clusterz("{}"), std::nullopt);
  EXPECT_EQ(istio::parse_clusterz("upstream connect error"), std::nullopt);
}

TEST(IstiodMemoryPages, networkz) {
  const auto gateways = istio::parse_networkz(R"([{"Network": "n", "Cluster": "b", "Addr": "203.0.113.7"}])");
  EXPECT_THAT(*gateways, ElementsAre(HeldGateway{"n", "b", "203.0.113.7"}));
  ASSERT_TRUE(istio::parse_networkz("null\n"));
  EXPECT_THAT(*istio::parse_networkz("null\n"), IsEmpty());
  EXPECT_EQ(istio::parse_networkz(""), std::nullopt);
  EXPECT_EQ(istio::parse_networkz("{}"), std::nullopt);
}

TEST(IstiodMemoryPages, endpoint_shards_are_counted) {
  const auto counted = istio::parse_endpoint_shards(
      "warn x\n"
      R"({
    "h.n.svc": {"n": {"Shards": {"Kubernetes/a": [{"Addresses": ["1"]}, {"Addresses": ["2", "3"], "L": {"k": [{}]}}],
                                 "Kubernetes/b": [{}], "External/b": [{}], "Kubernetes/c": []},
                      "ServiceAccounts": {"Kubernetes/d": [{}]}}},
    "g.n.svc": {"n": {"Shards": {"Kubernetes/a": [{}]}}, "m": {"Shards": {"Kubernetes/a": [{}]}}}})");
  ASSERT_TRUE(counted);
  EXPECT_EQ(*counted, (std::map<std::string, HeldEndpoints>{{"a", {3, 4}}, {"b", {1, 1}}}));
  EXPECT_EQ(istio::parse_endpoint_shards("{\"level\":\"warn\"}\n{}"), (std::map<std::string, HeldEndpoints>{}));
  EXPECT_EQ(istio::parse_endpoint_shards("{\"h\": {"), std::nullopt);
  EXPECT_EQ(istio::parse_endpoint_shards("connection refused"), std::nullopt);
}

TEST(IstiodMemoryPages, metrics_with_the_state_of_each_cluster) {
  IstiodMemory memory;
  istio::take_metrics(memory,
                      "# TYPE istiod_remote_cluster_sync_status gauge\n"
                      "istiod_managed_clusters{cluster_type=\"local\"} 1\n"
                      "istiod_managed_clusters{cluster_type=\"remote\"} 2\n"
                      "istiod_remote_cluster_sync_status{cluster=\"b\",cluster_type=\"remote\",status=\"synced\"} 1\n"
                      "istiod_remote_cluster_sync_status{cluster=\"b\",cluster_type=\"remote\",status=\"timeout\"} 0\n"
                      "istiod_remote_cluster_sync_status{status=\"closed\",cluster=\"c\"} 1\n"
                      "istiod_remote_cluster_sync_status{status=\"synced\",cluster=\"gone\"} 0\n"
                      "pilot_info 1\n");
  ASSERT_TRUE(memory.clusters);
  EXPECT_EQ(*memory.clusters, (std::map<std::string, HeldCluster>{{"b", {"", "synced"}}, {"c", {"", "closed"}}}));
}

TEST(IstiodMemoryPages, metrics_of_an_older_istiod) {
  IstiodMemory memory;
  istio::take_metrics(memory,
                      "istiod_managed_clusters{cluster_type=\"remote\"} 2\n"
                      "remote_cluster_sync_timeouts_total{cluster=\"b\"} 3\n");
  EXPECT_FALSE(memory.clusters);
  EXPECT_EQ(memory.registered, 2U);
  EXPECT_THAT(memory.gave_up, ElementsAre("b"));
  IstiodMemory without;
  istio::take_metrics(without, "istiod_managed_clusters{cluster_type=\"remote\"} 0\n");
  ASSERT_TRUE(without.clusters);
  EXPECT_THAT(*without.clusters, IsEmpty());
  IstiodMemory closed;
  istio::take_metrics(closed, "404 page not found\n");
  EXPECT_FALSE(closed.clusters);
}

struct IstiodMemoryAsked : ::testing::Test {
  IstiodMemoryAsked() {
    for (const char* pod : {"istiod-1", "istiod-2"}) {
      server.cluster.update({"v1", "Pod", "istio-system", pod}, "test", [](json& body) {
        body["metadata"]["labels"] = {{"app", "istiod"}, {"istio.io/rev", "asm-1233-2"}};
        body["status"]["phase"] = "Running";
      });
    }
    server.exec = [](const kubernetes::ExecRequest& exec) -> Result<kubernetes::ExecAnswer> {
      const std::string& page = exec.command.back();
      if (page == "/debug/clusterz") {
        return kubernetes::ExecAnswer{.out =
                                          R"([{"id": "b", "secretName": "istio-system/s", "syncStatus": "synced"}])"};
      }
      return kubernetes::ExecAnswer{.out = page == "/debug/networkz" ? "[]" : "{}"};
    };
  }
  Result<std::vector<IstiodMemory>> ask(MemoryDepth depth) {
    auto client = *world.clients.connect(world.spec.clusters.at("a"), "mesh.prod", warnings);
    server.calls.clear();
    return istio::ask_istiods(*client, "istio-system", depth, world.clock, {.deadline = world.clock.now(), .stop = {}});
  }
  IstioWorld world{mesh_of({"a", "b"})};
  FakeServer& server = world.clients.at("a");
  Diagnostics warnings;
};

TEST_F(IstiodMemoryAsked, one_request_for_each_pod_or_three) {
  const auto clusters = ask(MemoryDepth::clusters);
  EXPECT_THAT(*clusters, SizeIs(2));
  EXPECT_THAT(server.calls_with("exec"), SizeIs(2));
  EXPECT_EQ(clusters->front().revision, "asm-1233-2");
  EXPECT_FALSE(clusters->front().endpoints);
  const auto all = ask(MemoryDepth::everything);
  EXPECT_THAT(server.calls_with("exec"), SizeIs(6));
  EXPECT_THAT(server.calls, SizeIs(7));
  EXPECT_TRUE(all->front().endpoints);
  EXPECT_TRUE(all->front().gateways);
}

TEST_F(IstiodMemoryAsked, a_pod_that_could_not_be_asked_says_why) {
  server.exec = {};
  const auto istiods = ask(MemoryDepth::everything);
  ASSERT_TRUE(istiods);
  EXPECT_FALSE(istiods->front().clusters);
  EXPECT_THAT(istio::why_unknown(istiods->front(), ""), HasSubstr("istiod-1 could not be asked: access is denied"));
  EXPECT_THAT(istio::hint_on_unknown(istiods->front()), HasSubstr("`get` and `create` on `pods/exec`"));
  EXPECT_THAT(server.calls_with("exec"), SizeIs(2)) << "the other pages would be refused as well";
  EXPECT_THAT(server.calls_with("page istio-system/istiod-1:15014/metrics"), SizeIs(1));
}

TEST_F(IstiodMemoryAsked, metrics_say_nothing_of_endpoints) {
  server.exec = {};
  server.page = [](const kubernetes::PodPage&) -> Result<std::string> {
    return "istiod_managed_clusters{cluster_type=\"remote\"} 1\n"
           "istiod_remote_cluster_sync_status{cluster=\"b\",status=\"synced\"} 1\n";
  };
  const auto clusters = ask(MemoryDepth::clusters);
  EXPECT_EQ(clusters->front().clusters->at("b").status, "synced");
  EXPECT_THAT(clusters->front().why, IsEmpty()) << "all that was asked for is known";
  const auto all = ask(MemoryDepth::everything);
  EXPECT_FALSE(all->front().endpoints);
  EXPECT_THAT(istio::why_unknown(all->front(), ""),
              HasSubstr("its metrics tell which clusters are synced, nothing else"));
}

TEST_F(IstiodMemoryAsked, a_page_that_fails_leaves_the_others) {
  const auto answer = server.exec;
  server.exec = [answer](const kubernetes::ExecRequest& exec) -> Result<kubernetes::ExecAnswer> {
    if (exec.command.back() == "/debug/endpointShardz") return kubernetes::ExecAnswer{.err = "boom", .exit_code = 1};
    return answer(exec);
  };
  const auto istiods = ask(MemoryDepth::everything);
  EXPECT_TRUE(istiods->front().clusters);
  EXPECT_FALSE(istiods->front().endpoints);
  EXPECT_TRUE(istiods->front().gateways);
  EXPECT_THAT(istiods->front().why.front().cause, HasSubstr("boom"));
  EXPECT_THAT(istio::hint_on_unknown(istiods->front()), HasSubstr("kubectl exec"));
}

TEST_F(IstiodMemoryAsked, a_stop_is_no_answer) {
  server.exec = [](const kubernetes::ExecRequest&) -> Result<kubernetes::ExecAnswer> {
    return failure(Diagnostic{.code = Code::cancelled, .summary = "stopped"});
  };
  const auto istiods = ask(MemoryDepth::clusters);
  ASSERT_FALSE(istiods);
  EXPECT_EQ(istiods.error().front().code, Code::cancelled);
}

}  // namespace
}  // namespace mesh::testing
