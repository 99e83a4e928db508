#include "providers/istio/peer_gateways.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct PeerGatewaysTest : ::testing::Test {
  PeerGatewaysTest() {
    EXPECT_TRUE(succeeded(world.apply(world.plan())));
    peer.calls.clear();
  }
  Diagnostic ask() {
    const auto ready = gateways.ready("b", {.deadline = world.clock.now() + std::chrono::seconds(10), .stop = {}});
    return ready ? Diagnostic{} : ready.error().front();
  }
  IstioWorld world{mesh_of({"a", "b"})};
  FakeServer& peer = world.clients.at("b");
  istio::ClientPool clients{world.spec.mesh.name, world.spec.clusters, world.clients};
  istio::PeerGateways gateways{world.spec.mesh, clients};
  const ObjectId deployment = istio::gateway_deployment_id("istio-system");
};

TEST_F(PeerGatewaysTest, a_ready_gateway_is_asked_for_once) {
  EXPECT_EQ(ask().summary, "");
  EXPECT_EQ(ask().summary, "");
  EXPECT_THAT(peer.calls, SizeIs(2));
}

TEST_F(PeerGatewaysTest, a_gateway_that_is_not_ready_is_named) {
  peer.cluster.update(deployment, "kubelet", [](json& body) { body["status"]["availableReplicas"] = 0; });
  for (int i = 0; i < 2; ++i) {
    const Diagnostic why = ask();
    EXPECT_EQ(why.code, Code::not_ready);
    EXPECT_EQ(why.where, "cluster b: Deployment istio-system/istio-eastwestgateway");
    EXPECT_THAT(why.cause, HasSubstr("is not available: 0 of "));
    EXPECT_EQ(why.hint, "apply b/gateway first");
  }
  EXPECT_THAT(peer.calls, SizeIs(2));
}

TEST_F(PeerGatewaysTest, one_available_pod_is_a_way_while_others_are_added) {
  peer.cluster.update(deployment, "kubelet", [](json& body) {
    body["spec"]["replicas"] = 5;
    body["status"]["availableReplicas"] = 1;
  });
  EXPECT_EQ(ask().summary, "");
}

TEST_F(PeerGatewaysTest, a_gateway_without_an_address_is_not_ready) {
  peer.cluster.update(istio::gateway_service_id("istio-system"), "test",
                      [](json& body) { body["status"].erase("loadBalancer"); });
  EXPECT_THAT(ask().cause, HasSubstr("has no address yet"));
}

TEST_F(PeerGatewaysTest, what_may_not_be_read_counts_as_ready) {
  peer.fail = [](const std::string&) { return Diagnostic{.code = Code::forbidden, .summary = "no"}; };
  EXPECT_EQ(ask().summary, "");
}

TEST_F(PeerGatewaysTest, a_failure_to_read_is_an_error) {
  peer.fail = [](const std::string&) { return Diagnostic{.code = Code::server_error, .summary = "no"}; };
  EXPECT_EQ(ask().code, Code::server_error);
}

TEST_F(PeerGatewaysTest, nothing_is_announced_behind_a_gateway_that_is_not_ready) {
  const ObjectId secret = istio::remote_secret_id("istio-system", "cn-b");
  FakeServer& caller = world.clients.at("a");
  caller.cluster.remove(secret);
  peer.cluster.update(deployment, "kubelet", [](json& body) { body["status"]["availableReplicas"] = 0; });
  Plan plan = world.plan();
  // As `--only a/discovery/b` leaves it.
  std::erase_if(plan.actions, [](const Action& action) { return action.address.text != "a/discovery/b"; });
  plan.actions.front().depends_on.clear();
  const Report report = world.apply(plan);
  EXPECT_EQ(report.actions.front().error.front().summary, "gateway of the peer is not ready");
  EXPECT_EQ(caller.cluster.find(secret), nullptr);
}

}  // namespace
}  // namespace mesh::testing
