#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

/// A mesh of two that was applied, and others who write to the gateway's Service of `a`.
struct GatewayActionDialled : ::testing::Test {
  GatewayActionDialled() : world(mesh_of({"a", "b"})) { world.apply(world.plan()); }

  void write(const json& patch) {
    world.clients.at("a").cluster.update(service, "kubectl-edit", [&](json& live) { live.merge_patch(patch); });
  }
  std::vector<std::string> forbidden() {
    std::vector<std::string> paths;
    const DesiredState desired = world.want(world.look());
    for (const FieldPath& path : find_object(desired, "a/gateway", "Service")->forbidden)
      paths.push_back(to_string(path));
    return paths;
  }
  json live_spec() { return world.clients.at("a").cluster.find(service)->body->at("spec"); }

  IstioWorld world;
  const ObjectId service = istio::gateway_service_id("istio-system");
};

TEST_F(GatewayActionDialled, ForeignExternalIpsAreTakenAway) {
  write({{"spec", {{"externalIPs", {"192.0.2.7"}}}}});
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/gateway update"));
  world.apply(plan);
  EXPECT_FALSE(live_spec().contains("externalIPs"));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionDialled, ExternalIpsThatAreTheOnlyAddressStay) {
  write({{"status", {{"loadBalancer", {{"ingress", json::array()}}}}}, {"spec", {{"externalIPs", {"192.0.2.7"}}}}});
  EXPECT_THAT(forbidden(), Not(Contains("spec.externalIPs")));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionDialled, ForeignSourceRangesAreTakenAwayWhereTheSpecHasNone) {
  write(
      {{"spec", {{"loadBalancerSourceRanges", {"192.0.2.0/24"}}}},
       {"metadata", {{"annotations", {{"service.beta.kubernetes.io/load-balancer-source-ranges", "192.0.2.0/24"}}}}}});
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/gateway update"));
  world.apply(plan);
  EXPECT_FALSE(live_spec().contains("loadBalancerSourceRanges"));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionDialled, AForeignSourceRangeBesideThoseOfTheSpecIsTakenAway) {
  world.spec.clusters.at("a").gateway.source_ranges = {"203.0.113.0/24"};
  world.apply(world.plan());
  EXPECT_THAT(forbidden(), Not(Contains("spec.loadBalancerSourceRanges")));
  write({{"spec", {{"loadBalancerSourceRanges", {"203.0.113.0/24", "192.0.2.0/24"}}}}});
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/gateway update"));
  world.apply(plan);
  EXPECT_EQ(live_spec().at("loadBalancerSourceRanges"), json({"203.0.113.0/24"}));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

}  // namespace
}  // namespace mesh::testing
