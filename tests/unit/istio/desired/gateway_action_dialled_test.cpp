#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

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

TEST_F(GatewayActionDialled, what_keeps_handshakes_from_ready_pods_is_taken_away) {
  const ForeignWrite writes[] = {
      {"left alone by kube-proxy", service,
       [](json& body) { body["metadata"]["labels"]["service.kubernetes.io/service-proxy-name"] = "other"; }},
      {"TLS that ends early", service,
       [](json& body) {
         for (const char* annotation : istio::annotations_against_passthrough)
           body["metadata"]["annotations"][annotation] = "x";
       }},
  };
  for (const ForeignWrite& one : writes) expect_taken_away(world, one, "a/gateway update");
}

TEST_F(GatewayActionDialled, pods_that_are_not_ready_are_not_dialled) {
  write({{"spec", {{"publishNotReadyAddresses", true}}}});
  world.apply(world.plan());
  EXPECT_EQ(live_spec().at("publishNotReadyAddresses"), json(false));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

/// Taking it away would move the address: a check names it.
TEST(GatewayActionExposure, an_annotation_of_the_other_exposure_stays) {
  IstioWorld world(mesh_of({"a", "b"}, "aks"));
  world.apply(world.plan());
  world.clients.at("a").cluster.update(istio::gateway_service_id("istio-system"), "kubectl-edit", [&](json& body) {
    body["metadata"]["annotations"]["service.beta.kubernetes.io/azure-load-balancer-internal"] = "true";
  });
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST(GatewayActionStopped, what_stops_a_rollout_or_the_autoscaler_gets_another_value) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  FakeCluster& cluster = world.clients.at("a").cluster;
  const ObjectId deployment = istio::gateway_deployment_id("istio-system");
  const ObjectId scaler = istio::gateway_scaler_id("istio-system");
  const std::tuple<ObjectId, json, json> cases[] = {
      {deployment, {{"spec", {{"strategy", {{"type", "Recreate"}}}}}}, {{"strategy", {{"type", "RollingUpdate"}}}}},
      {deployment,
       {{"spec", {{"strategy", {{"rollingUpdate", {{"maxUnavailable", "100%"}}}}}}}},
       {{"strategy", {{"rollingUpdate", {{"maxUnavailable", "25%"}}}}}}},
      {scaler,
       {{"spec", {{"behavior", {{"scaleUp", {{"selectPolicy", "Disabled"}}}}}}}},
       {{"behavior", {{"scaleUp", {{"selectPolicy", "Max"}}}}}}}};
  for (const auto& [id, patch, expected] : cases) {
    SCOPED_TRACE(patch.dump());
    cluster.update(id, "kubectl-edit", [&patch = patch](json& body) { body.merge_patch(patch); });
    const Plan plan = world.plan();
    EXPECT_THAT(lines_of(plan), ElementsAre("a/gateway update"));
    world.apply(plan);
    json spec = cluster.find(id)->body->at("spec");
    const json before = spec;
    spec.merge_patch(expected);
    EXPECT_EQ(spec, before);
    EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  }
}

}  // namespace
}  // namespace mesh::testing
