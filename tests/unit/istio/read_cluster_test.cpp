#include "providers/istio/read_cluster.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> many(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(fmt::format("c{:02}", i));
  return names;
}

TEST(ReadCluster, as_many_requests_whatever_the_number_of_peers) {
  for (const int peers : {2, 5, 20}) {
    IstioWorld world(mesh_of(many(peers)));
    world.apply(world.plan());
    FakeServer& server = world.clients.at("c00");
    server.calls.clear();
    world.look();
    EXPECT_THAT(server.calls, SizeIs(24)) << peers;
  }
}

TEST(ReadCluster, two_more_where_gateway_is_not_served_in_its_newest_version) {
  IstioWorld world(mesh_of({"a"}));
  world.clients.at("a").gateway_versions = {"v1beta1", "v1alpha3"};
  const LiveState live = world.look();
  EXPECT_THAT(world.clients.at("a").calls, SizeIs(27));
  EXPECT_EQ(live.clusters.at("a").gateway_version, "v1beta1");
}

TEST(ReadCluster, a_gateway_keeps_its_identity_when_a_newer_version_is_served) {
  IstioWorld world(mesh_of({"a", "b"}));
  for (const char* cluster : {"a", "b"}) world.clients.at(cluster).gateway_versions = {"v1beta1"};
  world.apply(world.plan());
  for (const char* cluster : {"a", "b"}) world.clients.at(cluster).gateway_versions = {"v1", "v1beta1"};
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST(ReadCluster, no_secret_is_read_whole) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.clients.at("a").calls.clear();
  const LiveState live = world.look();
  for (const std::string& call : world.clients.at("a").calls_with("read Secret")) {
    EXPECT_THAT(call, ::testing::EndsWith("(metadata)"));
  }
  for (const auto& [id, object] : live.clusters.at("a").found) {
    EXPECT_FALSE(id.kind == "Secret" && object.body->contains("data")) << to_string(id);
  }
}

TEST(ReadCluster, nothing_is_written) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.plan();
  for (const char* verb : {"apply", "patch", "remove", "dial"}) {
    EXPECT_THAT(world.clients.at("a").calls_with(verb), IsEmpty());
  }
}

TEST(ReadCluster, a_bad_kubeconfig_is_an_unreachable_cluster) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.clients.refused = {"b"};
  const LiveState live = world.look();
  EXPECT_EQ(live.clusters.at("b").unreachable()->front().code, Code::kubeconfig_invalid);
  EXPECT_FALSE(live.clusters.at("a").unreachable());
}

TEST(ReadCluster, what_is_forbidden_is_unreadable_and_not_absent) {
  IstioWorld world(mesh_of({"a"}));
  world.clients.at("a").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("read ClusterRole ")) return Diagnostic{.code = Code::forbidden, .summary = "no"};
    return std::nullopt;
  };
  const LiveState live = world.look();
  const ClusterState& state = live.clusters.at("a");
  EXPECT_TRUE(std::holds_alternative<Unreadable>(state.observe(istio::reader_role_id("istio-system"))));
  EXPECT_TRUE(std::holds_alternative<Absent>(state.observe(istio::reader_binding_id("istio-system"))));
  EXPECT_THAT(lines_of(world.plan()), ::testing::Contains("a/reader unknown"));
}

TEST(ReadCluster, istiods_that_cannot_be_listed_make_the_gateway_unknown) {
  IstioWorld world(mesh_of({"a"}));
  world.clients.at("a").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call == "read Deployment istio-system/") return Diagnostic{.code = Code::forbidden, .summary = "no"};
    return std::nullopt;
  };
  EXPECT_THAT(lines_of(world.plan()), ::testing::Contains("a/gateway unknown"));
}

TEST(ReadCluster, version_decides_whether_it_answers) {
  for (const auto& [code, unreachable] :
       {std::pair{Code::timed_out, true}, std::pair{Code::unauthorized, true}, std::pair{Code::forbidden, false}}) {
    IstioWorld world(mesh_of({"a"}));
    world.clients.at("a").fail = [code = code](const std::string& call) -> std::optional<Diagnostic> {
      if (call == "version") return Diagnostic{.code = code, .summary = "no"};
      return std::nullopt;
    };
    EXPECT_EQ(world.look().clusters.at("a").unreachable() != nullptr, unreachable) << to_string(code);
  }
}

}  // namespace
}  // namespace mesh::testing
