#include "providers/istio/gateway_pods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/injection.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string ns = "istio-system";

/// A Deployment at its second rollout that is not available; waiting for it lasts until somebody stops it.
struct GatewayPods : ::testing::Test {
  GatewayPods() {
    server.waits_block = true;
    server.cluster.update(deployment, "test", [](json& body) {
      body["metadata"]["generation"] = 2;
      body["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "2";
      body["spec"]["replicas"] = 1;
      body["spec"]["selector"]["matchLabels"]["istio"] = "eastwestgateway";
      body["status"]["observedGeneration"] = 2;
    });
    for (const char* rollout : {"1", "2"}) {
      server.cluster.update({"apps/v1", "ReplicaSet", ns, std::string("set-") + rollout}, "test", [&](json& body) {
        body["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = rollout;
      });
    }
    Diagnostics warnings;
    client = std::move(*world.clients.connect({.name = "a"}, "mesh.prod", warnings));
  }
  void add_pod(const std::string& rollout, const std::string& reason) {
    server.cluster.update({"v1", "Pod", ns, "pod-" + rollout}, "test", [&](json& body) {
      body["metadata"]["labels"] = {{"istio", "eastwestgateway"}, {"istio.io/rev", "lost"}};
      body["metadata"]["ownerReferences"] = json::array({{{"kind", "ReplicaSet"}, {"name", "set-" + rollout}}});
      body["spec"]["containers"] = json::array({{{"name", "istio-proxy"}, {"image", "auto"}}});
      body["status"]["containerStatuses"] =
          json::array({{{"name", "istio-proxy"}, {"state", {{"waiting", {{"reason", reason}}}}}}});
    });
  }
  Diagnostic wait(std::stop_token stop = {}) {
    const auto judge = [&](const Object* object) { return istio::readiness_of(deployment, object); };
    const auto done = istio::wait_for_deployment(*client, "a", deployment, judge, [](const std::string&) {},
                                                 {.deadline = world.clock.now() + std::chrono::hours(1), .stop = stop});
    return done ? Diagnostic{} : done.error().front();
  }

  const ObjectId deployment = istio::gateway_deployment_id(ns);
  IstioWorld world{mesh_of({"a"})};
  FakeServer& server = world.clients.at("a");
  std::unique_ptr<kubernetes::Client> client;
};

TEST_F(GatewayPods, a_new_pod_that_nobody_injected_ends_the_wait_at_once) {
  add_pod("2", "ErrImagePull");
  const Diagnostic why = wait();
  EXPECT_EQ(why.code, Code::not_injected);
  EXPECT_EQ(why.where, "cluster a: Pod istio-system/pod-2");
  EXPECT_THAT(why.cause, HasSubstr("ErrImagePull for the image `auto`"));
  EXPECT_THAT(why.hint, HasSubstr("kubectl delete pod -n istio-system pod-2"));
}

TEST_F(GatewayPods, webhooks_that_cannot_be_read_are_told) {
  add_pod("2", "ErrImagePull");
  server.fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call.find("Webhook") == std::string::npos) return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "no"};
  };
  EXPECT_THAT(wait().cause, HasSubstr("the webhooks could not be read"));
}

TEST_F(GatewayPods, a_pod_of_an_older_rollout_does_not_end_the_wait) {
  add_pod("1", "ErrImagePull");
  std::stop_source stop;
  server.fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    // The old pod was looked at; nothing else happens.
    if (call.find("read ReplicaSet") != std::string::npos) stop.request_stop();
    return std::nullopt;
  };
  EXPECT_EQ(wait(stop.get_token()).code, Code::cancelled);
}

TEST_F(GatewayPods, who_may_not_read_pods_waits_for_the_deployment_alone) {
  add_pod("2", "ErrImagePull");
  std::stop_source stop;
  server.fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call.find("read Pod") == std::string::npos) return std::nullopt;
    stop.request_stop();
    return Diagnostic{.code = Code::forbidden, .summary = "no"};
  };
  EXPECT_EQ(wait(stop.get_token()).code, Code::cancelled);
}

TEST_F(GatewayPods, a_ready_deployment_needs_no_look_at_pods) {
  server.cluster.update(deployment, "test", [](json& body) {
    for (const char* count : {"replicas", "updatedReplicas", "availableReplicas"}) body["status"][count] = 1;
  });
  EXPECT_EQ(wait().summary, "");
  EXPECT_TRUE(server.calls_with("read Pod").empty());
}

}  // namespace
}  // namespace mesh::testing
