#include "providers/istio/verification/workloads.h"

#include <gtest/gtest.h>

#include "engine/base/time.h"

namespace mesh::istio {
namespace {

Object namespace_with(const nlohmann::json& labels) {
  Object found;
  found.id = {"v1", "Namespace", "", "mesh-verify-prod"};
  found.body = nlohmann::json{{"metadata", {{"labels", labels}}}};
  return found;
}

TEST(Workloads, NamespaceIsNamedByTheMeshAndTheRun) {
  EXPECT_EQ(verify_namespace("prod", "1f"), "mesh-verify-prod-1f");
  EXPECT_EQ(verify_namespace(std::string(47, 'a') + "-b", "1f"), "mesh-verify-" + std::string(47, 'a') + "-1f");
  EXPECT_EQ(verify_namespace(std::string(60, 'a'), "1f").size(), 63U);
}

TEST(Workloads, NamespaceIsLabelledAsOursAndForInjection) {
  const Workload ns =
      verify_namespace_object("mesh-verify-prod", "prod", "asm-1", *parse_rfc3339("2026-11-29T12:00:00Z"));
  EXPECT_EQ(ns.id, (ObjectId{"v1", "Namespace", "", "mesh-verify-prod"}));
  EXPECT_EQ(ns.body, nlohmann::json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {
    "name": "mesh-verify-prod", "annotations": {"mesh-engine.dev/needed-until": "2026-11-29T12:00:00Z"}, "labels": {"app.kubernetes.io/managed-by": "mesh", "mesh-engine.dev/mesh": "prod",
    "mesh-engine.dev/purpose": "verify", "istio.io/rev": "asm-1"}}})"));
  EXPECT_TRUE(is_verify_namespace(namespace_with(ns.body["metadata"]["labels"]), "prod"));
  EXPECT_FALSE(is_verify_namespace(namespace_with(ns.body["metadata"]["labels"]), "other"));
}

TEST(Workloads, ANamespaceIsLeftOverOnceItsRunMustHaveEnded) {
  const auto until = *parse_rfc3339("2026-11-29T12:00:00Z");
  Object there;
  there.id = {"v1", "Namespace", "", "mesh-verify-prod-0123abcd"};
  there.body = verify_namespace_object(there.id.name, "prod", "asm-1", until).body;
  there.managers = {{.manager = "mesh.prod", .operation = "Apply"}};
  EXPECT_FALSE(is_leftover(there, "prod", until));
  EXPECT_TRUE(is_leftover(there, "prod", until + std::chrono::seconds(1)));
  EXPECT_FALSE(is_leftover(there, "other", until + std::chrono::seconds(1)));
  Object copied = there;
  copied.id.name = "payments";
  EXPECT_FALSE(is_leftover(copied, "prod", until + std::chrono::seconds(1)));
  copied = there;
  copied.managers.front().manager = "kubectl";
  EXPECT_FALSE(is_leftover(copied, "prod", until + std::chrono::seconds(1))) << "labels were copied to it";
  there.body.edit()["metadata"]["deletionTimestamp"] = "2026-11-29T12:00:00Z";
  EXPECT_FALSE(is_leftover(there, "prod", until + std::chrono::seconds(1)));
  there.body.edit()["metadata"].erase("deletionTimestamp");
  there.body.edit()["metadata"]["annotations"]["mesh-engine.dev/needed-until"] = "2999-01-01T00:00:00Z";
  EXPECT_FALSE(is_leftover(there, "prod", until + std::chrono::seconds(1)));
  there.body.edit()["metadata"].erase("annotations");
  EXPECT_FALSE(is_leftover(there, "prod", until + std::chrono::hours(100))) << "it does not say when its run ends";
}

TEST(Workloads, OtherNamespacesAreForeign) {
  EXPECT_FALSE(is_verify_namespace(namespace_with({}), "prod"));
  EXPECT_FALSE(is_verify_namespace(
      namespace_with({{"app.kubernetes.io/managed-by", "mesh"}, {"mesh-engine.dev/mesh", "prod"}}), "prod"));
}

TEST(Workloads, EveryClusterHasTheServiceOneVersionAndACaller) {
  const auto all = verify_workloads("n", "v2", {.helloworld = "registry.example/hello-{version}:7"});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].id, (ObjectId{"v1", "Service", "n", "helloworld"}));
  EXPECT_EQ(all[0].body["spec"]["ports"], nlohmann::json::parse(R"([{"name": "http", "port": 5000}])"));
  EXPECT_EQ(all[1].id, (ObjectId{"apps/v1", "Deployment", "n", "helloworld-v2"}));
  const nlohmann::json& hello = all[1].body["spec"]["template"];
  EXPECT_EQ(hello["metadata"]["labels"], nlohmann::json::parse(R"({"app": "helloworld", "version": "v2"})"));
  EXPECT_EQ(hello["spec"]["containers"][0]["image"], "registry.example/hello-v2:7");
  EXPECT_EQ(all[2].id, (ObjectId{"apps/v1", "Deployment", "n", "sleep"}));
}

TEST(Workloads, AnImageNeedNotNameTheVersion) {
  const auto all = verify_workloads("n", "v1", {.helloworld = "hello:1", .sleep = "curl:2"});
  EXPECT_EQ(all[1].body["spec"]["template"]["spec"]["containers"][0]["image"], "hello:1");
  EXPECT_EQ(all[2].body["spec"]["template"]["spec"]["containers"][0]["image"], "curl:2");
}

}  // namespace
}  // namespace mesh::istio
