#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

const ObjectId deployment = istio::gateway_deployment_id("istio-system");

json& pod_of(json& body) { return body["spec"]["template"]["spec"]; }
json& proxy_of(json& body) { return pod_of(body)["containers"][0]; }
json& annotations_of(json& body) { return body["spec"]["template"]["metadata"]["annotations"]; }

TEST(GatewayPod, what_makes_another_pod_of_it_is_taken_away) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  const ForeignWrite writes[] = {
      {"host network", deployment, [](json& body) { pod_of(body)["hostNetwork"] = true; }},
      {"command", deployment, [](json& body) { proxy_of(body)["command"] = {"sleep"}; }},
      {"arguments", deployment,
       [](json& body) {
         proxy_of(body)["args"] = {"proxy", "sidecar"};
       }},
      {"variables from elsewhere", deployment,
       [](json& body) {
         proxy_of(body)["envFrom"] = json::array({json{{"configMapRef", {{"name", "x"}}}}});
       }},
      {"a probe that always succeeds", deployment,
       [](json& body) {
         proxy_of(body)["readinessProbe"] = {{"exec", {{"command", {"true"}}}}};
       }},
      {"several of one container", deployment,
       [](json& body) {
         proxy_of(body)["ports"][1]["hostPort"] = 15443;
         proxy_of(body)["command"] = {"sleep"};
         proxy_of(body)["env"].push_back({{"name", "CA_ADDR"}, {"value", "elsewhere:15012"}});
         proxy_of(body)["env"].push_back({{"name", "ISTIO_META_NETWORK"}, {"value", "elsewhere"}});
       }},
      {"proxy settings", deployment,
       [](json& body) { annotations_of(body)["sidecar.istio.io/discoveryAddress"] = "elsewhere:15012"; }},
      {"another control plane", deployment,
       [](json& body) { annotations_of(body)["sidecar.istio.io/discoveryAddress"] = "elsewhere:15012"; }},
      {"another bootstrap", deployment,
       [](json& body) { annotations_of(body)["sidecar.istio.io/bootstrapOverride"] = "x"; }},
      {"marks of the injector", deployment,
       [](json& body) {
         annotations_of(body)["sidecar.istio.io/status"] = "{}";
         annotations_of(body)["proxy.istio.io/overrides"] = "{}";
       }},
  };
  for (const ForeignWrite& one : writes) expect_taken_away(world, one, "a/gateway update");
}

TEST(GatewayPod, what_others_may_add_stays) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.clients.at("a").cluster.update(deployment, "kubectl-edit", [](json& body) {
    annotations_of(body)["kubectl.kubernetes.io/restartedAt"] = "2026-11-22T09:54:00Z";
    proxy_of(body)["env"].push_back({{"name", "EXTRA"}, {"value", "1"}});
    pod_of(body)["nodeSelector"] = {{"disk", "fast"}};
    pod_of(body)["containers"].push_back({{"name", "more"}, {"image", "more"}});
  });
  EXPECT_THAT(lines_of(world.plan()), ::testing::IsEmpty());
}

/// With any other revision the label is ours, and another value of it a difference.
TEST(GatewayPod, the_default_revision_bears_no_label_of_another) {
  IstioWorld world(mesh_of({"a"}));
  world.clients.at("a").install_istiod("default", "cn-a");
  world.spec.mesh.revision = "default";
  world.apply(world.plan());
  const ForeignWrite write{"revision", deployment, [](json& body) {
                             body["spec"]["template"]["metadata"]["labels"]["istio.io/rev"] = "asm-1233-2";
                           }};
  expect_taken_away(world, write, "a/gateway update");
}

}  // namespace
}  // namespace mesh::testing
