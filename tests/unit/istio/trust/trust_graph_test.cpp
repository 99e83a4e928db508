#include "providers/istio/trust/trust_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/istio/trust/trust_worlds.h"

namespace mesh::istio {
namespace {

using mesh::testing::google_cluster;
using mesh::testing::istio_ca_cluster;
using mesh::testing::root_named;
using mesh::testing::test_now;

const PlannedEdges both_ways = {{"a", "b"}, {"b", "a"}};

TrustEdge edge_of(const TrustGraph& graph, const std::string& from, const std::string& to) {
  for (const TrustEdge& edge : graph.edges) {
    if (edge.from == from && edge.to == to) return edge;
  }
  ADD_FAILURE() << "no edge " << from << " -> " << to;
  return {};
}

ClusterTrust in_domain(ClusterTrust trust, const std::string& domain, const std::set<std::string>& aliases = {}) {
  trust.trust_domain = domain;
  trust.aliases = aliases;
  return trust;
}

struct EdgeCase {
  std::string name;
  std::vector<ClusterTrust> clusters;
  PlannedEdges planned;
  TrustVerdict there;
  TrustVerdict back;
  /// Of the edge a -> b.
  std::string reason;
};
class TrustGraphEdges : public ::testing::TestWithParam<EdgeCase> {};

TEST_P(TrustGraphEdges, AreJudged) {
  const TrustGraph graph = trust_graph(GetParam().clusters, GetParam().planned, test_now);
  ASSERT_EQ(graph.edges.size(), GetParam().planned.size());
  EXPECT_EQ(edge_of(graph, "a", "b").verdict, GetParam().there);
  EXPECT_EQ(edge_of(graph, "a", "b").reason, GetParam().reason);
  if (graph.edges.size() > 1) {
    EXPECT_EQ(edge_of(graph, "b", "a").verdict, GetParam().back);
  }
}

ClusterTrust any_client(ClusterTrust trust) {
  trust.any_client_domain = true;
  return trust;
}

ClusterTrust expired_root(ClusterTrust trust) {
  trust.roots.front().not_after = "2026-11-01T00:00:00Z";
  return trust;
}

ClusterTrust unread(ClusterTrust trust) {
  trust.ca = CaType::unknown;
  trust.trust_domain.clear();
  trust.unread = {"the cluster was not read"};
  return trust;
}

const std::vector<EdgeCase> edge_cases = {
    {"one_root",
     {istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r"})},
     both_ways,
     TrustVerdict::works,
     TrustVerdict::works,
     ""},
    {"two_roots",
     {istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"})},
     both_ways,
     TrustVerdict::cannot_work,
     TrustVerdict::cannot_work,
     "workloads of a and b do not have the root of each other"},
    {"half_a_bundle_is_no_way",
     {istio_ca_cluster("a", {"r"}),
      [] {
        ClusterTrust trust = istio_ca_cluster("b", {"s"});
        trust.added = {root_named("r")};
        return trust;
      }()},
     both_ways,
     TrustVerdict::cannot_work,
     TrustVerdict::cannot_work,
     "workloads of a do not have the root of b, and mutual TLS needs the roots of both on both sides"},
    {"combined_bundles",
     {istio_ca_cluster("a", {"r", "s"}), istio_ca_cluster("b", {"s", "r"})},
     both_ways,
     TrustVerdict::works,
     TrustVerdict::works,
     ""},
    {"which_root_signs_is_not_known",
     {istio_ca_cluster("a", {"r", "s"}), istio_ca_cluster("b", {"r"})},
     both_ways,
     TrustVerdict::unknown,
     TrustVerdict::unknown,
     "which root signs, or whether it is accepted, cannot be read from the clusters"},
    {"expired",
     {expired_root(istio_ca_cluster("a", {"r"})), istio_ca_cluster("b", {"r"})},
     both_ways,
     TrustVerdict::cannot_work,
     TrustVerdict::cannot_work,
     "a has no root that is a CA certificate and valid now"},
    {"two_kinds_of_ca",
     {in_domain(istio_ca_cluster("a", {"r"}), "acme.svc.id.goog"), google_cluster("b", CaType::mesh_ca)},
     both_ways,
     TrustVerdict::cannot_work,
     TrustVerdict::cannot_work,
     "Istio CA signs for a, Mesh CA for b, and their roots differ"},
    {"mesh_ca",
     {google_cluster("a", CaType::mesh_ca), google_cluster("b", CaType::mesh_ca)},
     both_ways,
     TrustVerdict::works,
     TrustVerdict::works,
     ""},
    {"two_pools",
     {google_cluster("a", CaType::ca_service, "p"), google_cluster("b", CaType::ca_service, "q")},
     both_ways,
     TrustVerdict::unknown,
     TrustVerdict::unknown,
     "the CA pools of the two sides differ or are not known"},
    {"two_trust_domains",
     {in_domain(istio_ca_cluster("a", {"r"}), "a.example"), in_domain(istio_ca_cluster("b", {"r"}), "b.example")},
     both_ways,
     TrustVerdict::cannot_work,
     TrustVerdict::cannot_work,
     "clients of a do not accept trust domain `b.example` of b"},
    {"trust_domains_one_way",
     {in_domain(istio_ca_cluster("a", {"r"}), "a.example", {"b.example"}),
      any_client(in_domain(istio_ca_cluster("b", {"r"}), "b.example"))},
     both_ways,
     TrustVerdict::works_one_way,
     TrustVerdict::cannot_work,
     "traffic crosses from a to b, not back"},
    {"trust_domains_one_way_and_only_that_way_planned",
     {in_domain(istio_ca_cluster("a", {"r"}), "a.example", {"b.example"}),
      any_client(in_domain(istio_ca_cluster("b", {"r"}), "b.example"))},
     {{"a", "b"}},
     TrustVerdict::works,
     TrustVerdict::works,
     ""},
    {"server_refuses_the_domain",
     {in_domain(istio_ca_cluster("a", {"r"}), "a.example", {"b.example"}),
      in_domain(istio_ca_cluster("b", {"r"}), "b.example")},
     {{"a", "b"}},
     TrustVerdict::cannot_work,
     TrustVerdict::works,
     "servers of b do not accept trust domain `a.example` of a"},
    {"not_read",
     {istio_ca_cluster("a", {"r"}), unread(istio_ca_cluster("b", {}))},
     both_ways,
     TrustVerdict::unknown,
     TrustVerdict::unknown,
     "b: the cluster was not read"},
    {"not_among_them",
     {istio_ca_cluster("a", {"r"})},
     both_ways,
     TrustVerdict::unknown,
     TrustVerdict::unknown,
     "a cluster was not read"},
};
INSTANTIATE_TEST_SUITE_P(All, TrustGraphEdges, ::testing::ValuesIn(edge_cases),
                         [](const auto& row) { return row.param.name; });

std::vector<std::string> clusters_of(const TrustGroup& group) { return group.clusters; }

TEST(TrustGraph, GroupsClustersByTheirRoots) {
  ClusterTrust renewed = istio_ca_cluster("d", {"r"});
  renewed.roots.front().not_after = "2046-01-01T00:00:00Z";
  const TrustGraph graph = trust_graph(
      {istio_ca_cluster("c", {"s", "r"}), istio_ca_cluster("b", {"s"}), renewed, istio_ca_cluster("a", {"r"}),
       google_cluster("f", CaType::mesh_ca), google_cluster("e", CaType::mesh_ca), istio_ca_cluster("g", {"r", "s"})},
      {}, test_now);
  ASSERT_EQ(graph.groups.size(), 4U);
  EXPECT_THAT(clusters_of(graph.groups[0]), ::testing::ElementsAre("a", "d"));
  EXPECT_THAT(clusters_of(graph.groups[1]), ::testing::ElementsAre("b"));
  EXPECT_THAT(clusters_of(graph.groups[2]), ::testing::ElementsAre("c", "g"));
  EXPECT_THAT(clusters_of(graph.groups[3]), ::testing::ElementsAre("e", "f"));
}

TEST(TrustGraph, TheOrderOfTheInputDoesNotMatter) {
  std::vector<ClusterTrust> clusters = {istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"}),
                                        istio_ca_cluster("c", {"r", "s"}), google_cluster("d", CaType::mesh_ca)};
  PlannedEdges planned;
  for (const ClusterTrust& from : clusters) {
    for (const ClusterTrust& to : clusters) {
      if (from.cluster != to.cluster) planned.emplace_back(from.cluster, to.cluster);
    }
  }
  const TrustGraph first = trust_graph(clusters, planned, test_now);
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same orders each time.
  for (int round = 0; round < 20; ++round) {
    std::shuffle(clusters.begin(), clusters.end(), random);
    std::shuffle(planned.begin(), planned.end(), random);
    EXPECT_EQ(trust_graph(clusters, planned, test_now), first);
  }
}

TEST(TrustGraph, AllPairsOf250ClustersAreJudged) {
  std::vector<ClusterTrust> clusters;
  PlannedEdges planned;
  for (int i = 0; i < 250; ++i) clusters.push_back(istio_ca_cluster("c" + std::to_string(i), {i < 240 ? "r" : "s"}));
  for (const ClusterTrust& from : clusters) {
    for (const ClusterTrust& to : clusters) {
      if (from.cluster != to.cluster) planned.emplace_back(from.cluster, to.cluster);
    }
  }
  const TrustGraph graph = trust_graph(clusters, planned, test_now);
  EXPECT_EQ(graph.edges.size(), 250U * 249U);
  const auto broken = std::count_if(graph.edges.begin(), graph.edges.end(),
                                    [](const TrustEdge& edge) { return edge.verdict == TrustVerdict::cannot_work; });
  EXPECT_EQ(broken, 2 * 240 * 10);
  ASSERT_EQ(graph.bundles.size(), 2U);
  EXPECT_EQ(graph.bundles[0].into.size(), 10U);
  EXPECT_EQ(graph.bundles[1].into.size(), 240U);
}

}  // namespace
}  // namespace mesh::istio
