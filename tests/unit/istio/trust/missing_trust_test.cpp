#include "providers/istio/trust/missing_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>

#include "providers/istio/trust/trust_graph.h"
#include "tests/unit/istio/trust/trust_worlds.h"

namespace mesh::istio {
namespace {

using mesh::testing::google_cluster;
using mesh::testing::istio_ca_cluster;
using mesh::testing::root_named;
using mesh::testing::test_now;

const PlannedEdges both_ways = {{"a", "b"}, {"b", "a"}};

/// `O=r of a into b`.
std::vector<std::string> lines_of(const std::vector<MissingBundle>& bundles) {
  std::vector<std::string> lines;
  for (const MissingBundle& bundle : bundles) {
    std::string line = bundle.root.subject + " of";
    for (const std::string& cluster : bundle.of) line += " " + cluster;
    line += " into";
    for (const std::string& cluster : bundle.into) line += " " + cluster;
    lines.push_back(line);
  }
  return lines;
}

TEST(MissingTrust, EachSideNeedsTheRootOfTheOther) {
  const auto graph = trust_graph({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"})}, {{"a", "b"}}, test_now);
  EXPECT_THAT(lines_of(graph.bundles), ::testing::ElementsAre("O=r of a into b", "O=s of b into a"));
}

TEST(MissingTrust, OneRootForAllOfAGroup) {
  const auto graph =
      trust_graph({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r"}), istio_ca_cluster("c", {"s"})},
                  {{"a", "b"}, {"a", "c"}, {"c", "b"}}, test_now);
  EXPECT_THAT(lines_of(graph.bundles), ::testing::ElementsAre("O=r of a b into c", "O=s of c into a b"));
}

TEST(MissingTrust, ClustersWithoutAPlannedEdgeNeedNothing) {
  const auto graph =
      trust_graph({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"}), istio_ca_cluster("c", {"r"})},
                  {{"a", "c"}, {"c", "a"}}, test_now);
  EXPECT_TRUE(graph.bundles.empty());
}

TEST(MissingTrust, HalfOfAPairThatCannotBeCompletedIsNotAdded) {
  const auto graph =
      trust_graph({istio_ca_cluster("a", {"r"}), google_cluster("b", CaType::mesh_ca)}, both_ways, test_now);
  EXPECT_TRUE(graph.bundles.empty());
}

TEST(MissingTrust, AnExpiredRootCannotBeAdded) {
  ClusterTrust gone = istio_ca_cluster("b", {"s"});
  gone.roots.front().not_after = "2026-11-01T00:00:00Z";
  EXPECT_TRUE(trust_graph({istio_ca_cluster("a", {"r"}), gone}, both_ways, test_now).bundles.empty());
}

TEST(MissingTrust, OfARenewedRootTheLongestIsAdded) {
  ClusterTrust renewed = istio_ca_cluster("b", {"s", "s"});
  renewed.roots.back().not_after = "2046-01-01T00:00:00Z";
  const auto graph = trust_graph({istio_ca_cluster("a", {"r"}), renewed}, both_ways, test_now);
  ASSERT_EQ(graph.bundles.size(), 2U);
  EXPECT_EQ(graph.bundles[1].root.not_after, "2046-01-01T00:00:00Z");
}

TEST(MissingTrust, EachSideNeedsTheTrustDomainOfTheOther) {
  ClusterTrust one = istio_ca_cluster("a", {"r"});
  ClusterTrust other = istio_ca_cluster("b", {"r"});
  one.trust_domain = "a.example";
  other.trust_domain = "b.example";
  other.aliases = {"a.example"};
  const auto graph = trust_graph({one, other}, {{"a", "b"}}, test_now);
  ASSERT_EQ(graph.aliases.size(), 1U);
  EXPECT_EQ(graph.aliases.front(), (MissingAlias{"b.example", {"a"}}));
  EXPECT_TRUE(graph.bundles.empty());
}

struct Draw {
  std::vector<ClusterTrust> clusters;
  PlannedEdges planned;
};

const std::vector<std::string> names = {"a", "b", "c", "d"};
const std::vector<std::string> roots = {"r", "s", "t"};

CaCertificate drawn_root(std::mt19937& random) {
  CaCertificate root = root_named(roots[random() % roots.size()]);
  if (random() % 8 == 0) root.not_after = "2026-11-01T00:00:00Z";
  return root;
}

/// Up to four clusters with up to three roots; some with Mesh CA, some with roots that were not read.
Draw draw(std::mt19937& random) {
  Draw drawn;
  const std::size_t count = 2 + random() % 3;
  for (std::size_t i = 0; i < count; ++i) {
    ClusterTrust trust = istio_ca_cluster(names[i], {});
    if (random() % 8 == 0) trust.ca = CaType::mesh_ca;
    if (random() % 12 != 0) trust.roots.push_back(drawn_root(random));
    if (random() % 4 == 0) trust.roots.push_back(drawn_root(random));
    if (random() % 3 == 0) trust.added.push_back(drawn_root(random));
    drawn.clusters.push_back(std::move(trust));
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i != j && random() % 2 == 0) drawn.planned.emplace_back(names[i], names[j]);
    }
  }
  return drawn;
}

std::size_t working_edges(const std::vector<ClusterTrust>& clusters, const PlannedEdges& planned) {
  const auto graph = trust_graph(clusters, planned, test_now);
  return static_cast<std::size_t>(std::count_if(graph.edges.begin(), graph.edges.end(), [](const TrustEdge& edge) {
    return edge.verdict == TrustVerdict::works;
  }));
}

/// The most edges that additions can make work, and the fewest additions for it, by trying every set of them.
std::pair<std::size_t, int> best_by_trying(const Draw& drawn) {
  std::pair<std::size_t, int> best = {0, 0};
  const std::size_t count = drawn.clusters.size() * roots.size();
  for (std::uint32_t set = 0; set < (1U << count); ++set) {
    std::vector<ClusterTrust> clusters = drawn.clusters;
    for (std::size_t bit = 0; bit < count; ++bit) {
      if ((set >> bit) % 2 == 1) clusters[bit / roots.size()].added.push_back(root_named(roots[bit % roots.size()]));
    }
    const std::size_t working = working_edges(clusters, drawn.planned);
    const int size = std::popcount(set);
    if (working > best.first || (working == best.first && size < best.second)) best = {working, size};
  }
  return best;
}

TEST(MissingTrust, IsTheSmallestSetOfAllSets) {
  std::mt19937 random(20261129);  // NOLINT(bugprone-random-generator-seed): the same draws each time.
  int additions = 0;
  for (int round = 0; round < 25; ++round) {
    const Draw drawn = draw(random);
    const auto graph = trust_graph(drawn.clusters, drawn.planned, test_now);
    std::vector<ClusterTrust> after = drawn.clusters;
    int size = 0;
    for (const MissingBundle& bundle : graph.bundles) {
      for (ClusterTrust& trust : after) {
        if (std::find(bundle.into.begin(), bundle.into.end(), trust.cluster) == bundle.into.end()) continue;
        trust.added.push_back(bundle.root);
        ++size;
      }
    }
    const auto [most, fewest] = best_by_trying(drawn);
    EXPECT_EQ(working_edges(after, drawn.planned), most) << "round " << round;
    EXPECT_EQ(size, fewest) << "round " << round;
    additions += size;
  }
  EXPECT_GT(additions, 20);
}

}  // namespace
}  // namespace mesh::istio
