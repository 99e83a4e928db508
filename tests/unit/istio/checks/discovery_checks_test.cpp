#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/checks/run_checks.h"
#include "providers/istio/desired/names.h"
#include "providers/platform/platforms.h"
#include "tests/support/istio_world.h"

namespace mesh::istio {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* ns = "istio-system";
const std::string secret_of_b = std::string(ns) + "/istio-remote-secret-cn-b";

/// Three clusters, applied; each has two istiod pods that have synced both peers.
struct DiscoveryChecks : ::testing::Test {
  DiscoveryChecks() {
    EXPECT_TRUE(succeeded(world.apply(world.plan())));
    for (const auto& [name, cluster] : world.spec.clusters) {
      for (const char* pod : {"istiod-1", "istiod-2"}) {
        IstiodMemory memory{.pod = pod, .clusters = {{}}, .endpoints = {{}}, .gateways = {{}}};
        for (const std::string& peer : cluster.peers) {
          const ClusterSpec& of = world.spec.clusters.at(peer);
          (*memory.clusters)[of.id] = {.secret = std::string(ns) + "/istio-remote-secret-" + of.id, .status = "synced"};
          (*memory.endpoints)[of.id] = {2, 3};
          memory.gateways->push_back({of.network, of.id, "203.0.113.7"});
        }
        readings[name].istiods.push_back(std::move(memory));
      }
    }
  }

  void run(CheckDepth depth = CheckDepth::effective) {
    report = run_checks(
        {.spec = world.spec, .platforms = platform::all(), .live = world.look(), .readings = readings, .depth = depth});
  }
  /// `discovery-effective a b`, of these checks alone; `?` in front of what could not be asked.
  std::vector<std::string> found(CheckDepth depth = CheckDepth::effective) {
    run(depth);
    std::vector<std::string> lines;
    for (const Finding& one : report.findings) {
      if (!one.id.starts_with("discovery-") || one.id.starts_with("discovery-selectors")) continue;
      lines.push_back((one.severity == FindingSeverity::unknown ? "?" : "") + one.id + " " + one.cluster + " " +
                      one.peer);
      last = one;
    }
    return lines;
  }
  const DiscoveryEdge& edge(const std::string& from, const std::string& to) const {
    for (const DiscoveryEdge& one : *report.discovery) {
      if (one.from == from && (one.to == to || one.id == to)) return one;
    }
    static const DiscoveryEdge none;
    ADD_FAILURE() << from << " -> " << to;
    return none;
  }
  IstiodMemory& pod(const std::string& cluster, std::size_t index = 1) { return readings.at(cluster).istiods[index]; }
  HeldCluster& held(const std::string& cluster, const std::string& id) { return (*pod(cluster).clusters)[id]; }
  void remove_secret(const std::string& cluster, const std::string& id) {
    world.clients.at(cluster).cluster.remove(remote_secret_id(ns, id));
  }

  mesh::testing::IstioWorld world{mesh::testing::mesh_of({"a", "b", "c"})};
  std::map<std::string, CheckReading> readings;
  CheckReport report;
  Finding last;
};

TEST_F(DiscoveryChecks, find_nothing_where_all_is_in_effect) {
  EXPECT_THAT(found(), IsEmpty());
  ASSERT_TRUE(report.discovery);
  EXPECT_EQ(report.discovery->size(), 6U);
  for (const DiscoveryEdge& one : *report.discovery) EXPECT_EQ(one.verdict, EdgeVerdict::effective) << one.reason;
  EXPECT_EQ(edge("a", "b").replicas.front().endpoints, (HeldEndpoints{2, 3}));
  EXPECT_THAT(*edge("a", "b").replicas.front().gateways, ElementsAre("203.0.113.7"));
  EXPECT_THAT(found(CheckDepth::everything), IsEmpty());
  EXPECT_FALSE(report.discovery) << "the table is for --effective";
}

struct StatusRow {
  const char* status;
  EdgeFault fault;
  const char* means;
};
class DiscoveryChecksStatus : public DiscoveryChecks, public ::testing::WithParamInterface<StatusRow> {};
TEST_P(DiscoveryChecksStatus, of_one_pod_is_an_error_of_the_edge) {
  held("a", "cn-b").status = GetParam().status;
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_EQ(last.severity, FindingSeverity::error);
  EXPECT_THAT(last.read, HasSubstr("istiod-1: synced, 3 endpoints"));
  EXPECT_THAT(last.read, HasSubstr(std::string("istiod-2: ") + GetParam().status));
  EXPECT_THAT(last.means, HasSubstr(GetParam().means));
  EXPECT_FALSE(last.hint.empty());
  EXPECT_EQ(edge("a", "b").verdict, EdgeVerdict::not_effective);
  EXPECT_EQ(edge("a", "b").replicas[1].fault, GetParam().fault);
  EXPECT_EQ(edge("a", "c").verdict, EdgeVerdict::effective);
  EXPECT_THAT(found(CheckDepth::everything), ElementsAre("discovery-effective a b"));
}
INSTANTIATE_TEST_SUITE_P(all, DiscoveryChecksStatus,
                         ::testing::Values(StatusRow{"syncing", EdgeFault::syncing, "not listed yet"},
                                           StatusRow{"timeout", EdgeFault::timeout, "in time"},
                                           StatusRow{"closed", EdgeFault::closed, "refused a change"}),
                         [](const auto& row) { return std::string(row.param.status); });

TEST_F(DiscoveryChecks, a_pod_that_has_not_taken_the_secret) {
  pod("a").clusters->erase("cn-b");
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_EQ(edge("a", "b").replicas[1].fault, EdgeFault::absent);
  EXPECT_EQ(last.object->name, "istio-remote-secret-cn-b");
}

TEST_F(DiscoveryChecks, a_pod_that_holds_the_peer_by_a_secret_that_is_gone) {
  held("a", "cn-b").secret = "istio-system/by-hand";
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_THAT(last.read, HasSubstr("by Secret istio-system/by-hand"));
  held("a", "cn-b").secret = "";
  EXPECT_THAT(found(), IsEmpty()) << "metrics do not name the Secret";
}

TEST_F(DiscoveryChecks, a_synced_peer_without_endpoints) {
  pod("a").endpoints->erase("cn-b");
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_EQ(edge("a", "b").replicas[1].fault, EdgeFault::no_endpoints);
}

TEST_F(DiscoveryChecks, a_gateway_that_is_not_known_or_at_another_address) {
  std::erase_if(*pod("a").gateways, [](const HeldGateway& one) { return one.network == "net-b"; });
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_EQ(edge("a", "b").replicas[1].fault, EdgeFault::no_gateway);
  pod("a").gateways->push_back({"net-b", "cn-b", "203.0.113.99"});
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  pod("a").gateways->push_back({"net-b", "cn-b", "203.0.113.7"});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(DiscoveryChecks, a_gateway_in_networkz_says_nothing_where_the_peer_is_not_synced) {
  held("a", "cn-b").status = "timeout";
  EXPECT_THAT(found(), ElementsAre("discovery-effective a b"));
  EXPECT_FALSE(edge("a", "b").replicas[1].gateways);
}

TEST_F(DiscoveryChecks, what_is_not_applied_is_no_fault_of_istiod) {
  remove_secret("a", "cn-b");
  for (IstiodMemory& one : readings.at("a").istiods) one.clusters->erase("cn-b");
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(edge("a", "b").verdict, EdgeVerdict::not_applied);
  world.clients.at("c").cluster.remove(gateway_service_id(ns));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(edge("a", "c").verdict, EdgeVerdict::not_applied);
  EXPECT_EQ(edge("a", "c").gateway, Answer::no);
}

TEST_F(DiscoveryChecks, a_cluster_in_memory_alone_is_stale) {
  (*pod("a").clusters)["cn-old"] = {.secret = "istio-system/gone", .status = "synced"};
  EXPECT_THAT(found(), ElementsAre("discovery-stale a "));
  EXPECT_EQ(last.severity, FindingSeverity::warning);
  EXPECT_THAT(last.read, HasSubstr("`cn-old`"));
  EXPECT_EQ(edge("a", "cn-old").verdict, EdgeVerdict::unwanted);
}

TEST_F(DiscoveryChecks, a_peer_that_left_the_spec_is_stale_while_its_secret_is_there) {
  std::erase(world.spec.clusters.at("a").peers, "b");
  EXPECT_THAT(found(), ElementsAre("discovery-stale a b"));
  EXPECT_EQ(last.hint, "mesh apply");
  remove_secret("a", "cn-b");
  EXPECT_THAT(found(), ElementsAre("discovery-stale a b"));
  EXPECT_THAT(last.hint, HasSubstr("restart"));
}

TEST_F(DiscoveryChecks, a_pod_that_cannot_be_asked_leaves_its_edges_unknown) {
  pod("a") = {.pod = "istiod-2", .why = {{.code = Code::forbidden, .summary = "forbidden"}}};
  EXPECT_THAT(found(), ElementsAre("?discovery-effective a "));
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(edge("a", "b").verdict, EdgeVerdict::unknown);
  EXPECT_EQ(edge("b", "a").verdict, EdgeVerdict::effective);
  // What another replica tells is found all the same.
  (*pod("a", 0).clusters)["cn-b"].status = "timeout";
  EXPECT_THAT(found(), UnorderedElementsAre("discovery-effective a b", "?discovery-effective a "));
}

TEST_F(DiscoveryChecks, no_pod_that_can_be_asked_is_told_once) {
  readings.at("a").istiods.clear();
  readings.at("a").istiods_why = {{.code = Code::forbidden, .summary = "may not run a command", .hint = "allow it"}};
  EXPECT_THAT(found(), IsEmpty());
  std::vector<std::string> told;
  for (const Finding& one : report.findings) {
    if (one.means.find("discovery-effective, discovery-stale") != std::string::npos) told.push_back(one.cluster);
  }
  EXPECT_THAT(told, ElementsAre("a"));
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(edge("a", "b").verdict, EdgeVerdict::unknown);
}

TEST_F(DiscoveryChecks, without_an_istiod_that_runs_nothing_is_in_effect) {
  readings.at("a").istiods.clear();
  EXPECT_THAT(found(), ElementsAre("?discovery-effective a "));
  EXPECT_THAT(found(CheckDepth::everything), IsEmpty()) << "istiod-ready says it";
}

TEST_F(DiscoveryChecks, a_cluster_that_does_not_answer_leaves_its_edges_unknown) {
  world.clients.refused.insert("c");
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(edge("c", "a").verdict, EdgeVerdict::unknown);
  EXPECT_EQ(edge("a", "c").verdict, EdgeVerdict::effective) << "its istiods say so";
}

}  // namespace
}  // namespace mesh::istio
