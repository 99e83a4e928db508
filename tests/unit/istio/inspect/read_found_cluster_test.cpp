#include "providers/istio/inspect/read_found_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/inspect/inspect_cluster.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct ReadFoundCluster : ::testing::Test {
  FoundCluster look() {
    Diagnostics warnings;
    const auto client = world.clients.connect({.name = "a"}, "mesh.prod", warnings);
    server.calls.clear();
    ClusterState state{.name = "a"};
    istio::read_found_cluster(state, **client, {});
    return istio::inspect_cluster(state, {.name = "a"});
  }

  void fail(Code code, const std::string& part) {
    server.fail = [=](const std::string& call) -> std::optional<Diagnostic> {
      if (call.find(part) == std::string::npos) return std::nullopt;
      return Diagnostic{.code = code, .summary = "access is denied", .cause = call};
    };
  }

  IstioWorld world{mesh_of({"a"})};
  FakeServer& server = world.clients.at("a");
};

TEST_F(ReadFoundCluster, finds_istiod_and_reads_no_secret) {
  const FoundCluster found = look();
  EXPECT_EQ(found.system_namespace, "istio-system");
  ASSERT_THAT(found.planes, SizeIs(1));
  EXPECT_EQ(found.planes.front().revision, "asm-1233-2");
  EXPECT_EQ(found.planes.front().cluster_id, world.spec.clusters.at("a").id);
  EXPECT_THAT(found.gaps, IsEmpty());
  EXPECT_EQ(server.calls.size(), 14U);
  EXPECT_THAT(server.calls_with("Secret"), ElementsAre("read Secret istio-system/ (metadata)"));
}

TEST_F(ReadFoundCluster, finds_istiod_in_a_namespace_of_its_own) {
  server.cluster.remove({"apps/v1", "Deployment", "istio-system", "istiod-asm-1233-2"});
  server.install_istiod("default", "a", "mesh-system");
  EXPECT_EQ(look().system_namespace, "mesh-system");
}

TEST_F(ReadFoundCluster, looks_into_the_usual_namespace_where_the_account_sees_no_other) {
  server.fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call != "read Deployment ") return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  const FoundCluster found = look();
  EXPECT_EQ(found.system_namespace, "istio-system");
  EXPECT_THAT(found.gaps, IsEmpty());
}

TEST_F(ReadFoundCluster, says_what_it_could_not_read) {
  fail(Code::forbidden, "read Node");
  const FoundCluster found = look();
  ASSERT_THAT(found.gaps, SizeIs(1));
  EXPECT_EQ(found.gaps.front().code, Code::forbidden);
  EXPECT_THAT(found.planes, SizeIs(1));
}

TEST_F(ReadFoundCluster, a_cluster_that_does_not_answer_is_unreadable) {
  fail(Code::unreachable, "version");
  ASSERT_THAT(look().unreadable, SizeIs(1));
}

TEST_F(ReadFoundCluster, reads_labels_of_all_nodes_and_one_of_them_whole) {
  server.cluster.update({"v1", "Node", "", "n1"}, "kubelet",
                        [](nlohmann::json& body) { body["spec"]["providerID"] = "baremetal://10.0.0.1"; });
  EXPECT_EQ(look().platform.name, "gdc-bare-metal");
  EXPECT_THAT(server.calls_with("Node"), ElementsAre("read Node  (metadata)", "read Node n1"));
}

}  // namespace
}  // namespace mesh::testing
