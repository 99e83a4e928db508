#include "providers/istio/verification/judge_chain.h"

#include <gmock/gmock.h>

#include "providers/istio/trust/trust_graph.h"
#include "tests/unit/istio/trust/trust_worlds.h"

namespace mesh::istio {
namespace {

using mesh::testing::istio_ca_cluster;
using mesh::testing::root_named;
using mesh::testing::test_now;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CaCertificate signed_by(const std::string& name, const std::string& issuer, bool is_ca) {
  CaCertificate one = root_named(name);
  one.issuer = "O=" + issuer;
  one.is_ca = is_ca;
  return one;
}

/// A workload's certificate and an intermediate below that root, as Istio shows them.
std::vector<CaCertificate> chain_below(const std::string& root) {
  return {signed_by("leaf", "ca of " + root, false), signed_by("ca of " + root, root, true)};
}

TrustGraph graph_of(std::vector<ClusterTrust> clusters) {
  return trust_graph(std::move(clusters), {{"a", "b"}, {"b", "a"}}, test_now);
}

TEST(JudgeChain, FindsNothingWhereTheRootIsShared) {
  const TrustGraph graph = graph_of({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r"})});
  EXPECT_THAT(judge_chains(graph, {{"a", chain_below("r")}, {"b", chain_below("r")}}, test_now), IsEmpty());
}

TEST(JudgeChain, TellsBothWaysAndWhatTheGraphWouldAdd) {
  const TrustGraph graph = graph_of({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"})});
  const auto found = judge_chains(graph, {{"b", chain_below("s")}}, test_now);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].from, "a");
  EXPECT_EQ(found[0].to, "b");
  EXPECT_EQ(found[0].fault, PathFault::trust);
  EXPECT_EQ(found[0].read,
            "behind the gateway of b a workload shows a certificate below O=ca of s (key sha256 key of ca of), whose "
            "issuer is O=s; workloads of a trust O=r (key sha256 key of r)");
  EXPECT_EQ(found[0].means, "workloads of a refuse those of b, so no request crosses with mutual TLS");
  EXPECT_EQ(found[0].do_next, "in a add O=s (key sha256 key of s); the trust part of `mesh check` says where");
  // The client shows its certificate too: on the way back it is b that is refused.
  EXPECT_EQ(found[1].from, "b");
  EXPECT_EQ(found[1].means, found[0].means);
}

TEST(JudgeChain, SeesAWorkloadThatIsOlderThanTheRootOfItsIstiod) {
  const TrustGraph graph = graph_of({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r"})});
  const auto found = judge_chains(graph, {{"b", chain_below("old")}}, test_now);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].do_next, HasSubstr("restart the workloads of b"));
}

TEST(JudgeChain, NamesTheIssuerOfALoneLeaf) {
  const TrustGraph graph = graph_of({istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"})});
  const auto found = judge_chains(graph, {{"b", {signed_by("leaf", "s", false)}}}, test_now);
  ASSERT_FALSE(found.empty());
  EXPECT_THAT(found[0].read, HasSubstr("a certificate below O=s; workloads of a trust"));
}

TEST(JudgeChain, SaysNothingOfClustersWhoseTrustIsNotKnown) {
  ClusterTrust silent{.cluster = "a"};
  const TrustGraph graph = graph_of({silent, istio_ca_cluster("b", {"s"})});
  EXPECT_THAT(judge_chains(graph, {{"b", chain_below("s")}}, test_now), IsEmpty());
}

}  // namespace
}  // namespace mesh::istio
