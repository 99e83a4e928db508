#include "providers/simulator/apiserver/registry/registry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "providers/simulator/apiserver/registry/custom_resource.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::vector<ObjectPtr> definitions() {
  std::vector<ObjectPtr> all;
  for (const json& one : mesh_definitions()) all.push_back(std::make_shared<const json>(one));
  return all;
}

json widgets(const std::string& scope) {
  return {{"metadata", {{"name", "widgets.example.com"}}},
          {"spec",
           {{"group", "example.com"},
            {"scope", scope},
            {"names", {{"kind", "Widget"}, {"plural", "widgets"}}},
            {"versions",
             json::array(
                 {{{"name", "v1alpha1"}, {"served", true}, {"storage", false}},
                  {{"name", "v1"}, {"served", true}, {"storage", true}, {"subresources", {{"status", json::object()}}}},
                  {{"name", "v2"}, {"served", false}, {"storage", false}}})}}}};
}

TEST(RegistryTest, finds_built_in_resources) {
  const Registry registry;
  const ResourceInfo* deployments = registry.find("apps", "v1", "deployments");
  ASSERT_NE(deployments, nullptr);
  EXPECT_EQ(deployments->kind, "Deployment");
  EXPECT_EQ(deployments->list_kind, "DeploymentList");
  EXPECT_EQ(deployments->short_names, std::vector<std::string>{"deploy"});
  EXPECT_EQ(deployments->subresource("scale")->kind, "Scale");
  EXPECT_EQ(deployments->api_version("v1"), "apps/v1");
  EXPECT_EQ(registry.find("apps", "v2", "deployments"), nullptr);
  EXPECT_EQ(registry.find_kind("", "v1", "Secret")->plural, "secrets");
  EXPECT_FALSE(registry.find("", "v1", "nodes")->namespaced);
  EXPECT_FALSE(registry.find("authorization.k8s.io", "v1", "selfsubjectaccessreviews")->stored());
  EXPECT_FALSE(registry.find("", "v1", "namespaces")->has_verb("deletecollection"));
}

TEST(RegistryTest, prefers_the_newest_version) {
  const Registry registry(definitions());
  const auto& groups = registry.groups();
  EXPECT_EQ(groups.front().name, "");
  for (const GroupInfo& group : groups) {
    if (group.name == "networking.istio.io") {
      EXPECT_EQ(group.versions, (std::vector<std::string>{"v1", "v1beta1", "v1alpha3"}));
    }
  }
}

TEST(RegistryTest, serves_what_definitions_say) {
  EXPECT_EQ(Registry().find("networking.istio.io", "v1beta1", "gateways"), nullptr);
  const Registry registry(definitions());
  const ResourceInfo* gateways = registry.find("networking.istio.io", "v1beta1", "gateways");
  ASSERT_NE(gateways, nullptr);
  EXPECT_EQ(gateways->storage_version, "v1");
  EXPECT_TRUE(gateways->custom);
  EXPECT_EQ(registry.find({"telemetry.istio.io", "telemetries"})->storage_version, "v1alpha1");
  EXPECT_EQ(registry.find("networking.istio.io", "v1", "envoyfilters"), nullptr);
  EXPECT_FALSE(registry.find("hub.gke.io", "v1", "memberships")->namespaced);
}

TEST(RegistryTest, leaves_out_versions_that_are_not_served) {
  const auto made = custom_resource(widgets("Cluster"));
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->namespaced);
  EXPECT_EQ(made->singular, "widget");
  EXPECT_EQ(made->list_kind, "WidgetList");
  ASSERT_EQ(made->versions.size(), 2U);
  EXPECT_EQ(made->versions[0].name, "v1");
  EXPECT_TRUE(made->versions[0].status);
  EXPECT_FALSE(made->versions[1].status);
  EXPECT_FALSE(custom_resource(json::object()));
}

TEST(RegistryTest, orders_versions_as_discovery_does) {
  std::vector<std::string> versions = {"foo", "v1alpha3", "v1",  "v11alpha2", "v3beta1",
                                       "v10", "v2",       "bar", "v12alpha1"};
  std::ranges::sort(versions, newer_version);
  EXPECT_EQ(versions, (std::vector<std::string>{"v10", "v2", "v1", "v3beta1", "v12alpha1", "v11alpha2", "v1alpha3",
                                                "bar", "foo"}));
}

TEST(RegistryTest, establishes_a_definition) {
  const json status = established_status(widgets("Namespaced"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(status["storedVersions"], json::array({"v1"}));
  EXPECT_EQ(status["conditions"][1]["type"], "Established");
  EXPECT_EQ(status["acceptedNames"]["plural"], "widgets");
}

}  // namespace
}  // namespace mesh::simulator
