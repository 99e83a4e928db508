#include "providers/simulator/apiserver/discovery/discovery.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

class DiscoveryTest : public testing::Test {
 protected:
  static Registry make_registry() {
    std::vector<ObjectPtr> all;
    for (const json& one : mesh_definitions()) all.push_back(std::make_shared<const json>(one));
    return Registry(all);
  }
  ApiResponse response(const std::string& path, const std::string& accept = "",
                       const std::string& method = "GET") const {
    return discovery_response({.path = path,
                               .accept = accept,
                               .method = method,
                               .git_version = "v1.31.7-gke.100",
                               .address = "10.0.0.1:6443"},
                              registry_);
  }
  json body(const std::string& path, const std::string& accept = "") const {
    const ApiResponse found = response(path, accept);
    return found.status == 200 ? json::parse(found.body) : json();
  }
  /// The entry of a list whose `key` is `name`.
  static json entry(const json& list, const char* key, const std::string& name) {
    for (const json& one : list) {
      if (one.value(key, "") == name) return one;
    }
    return nullptr;
  }

  Registry registry_ = make_registry();
};

TEST_F(DiscoveryTest, says_its_version) {
  const json version = body("/version");
  EXPECT_EQ(version["gitVersion"], "v1.31.7-gke.100");
  EXPECT_EQ(version["major"], "1");
  EXPECT_EQ(version["minor"], "31");
}

TEST_F(DiscoveryTest, lists_groups_and_their_versions) {
  EXPECT_EQ(body("/api")["serverAddressByClientCIDRs"][0]["serverAddress"], "10.0.0.1:6443");
  const json groups = body("/apis")["groups"];
  EXPECT_EQ(groups[0]["name"], "apps");
  EXPECT_EQ(entry(groups, "name", "autoscaling")["preferredVersion"]["groupVersion"], "autoscaling/v2");
  EXPECT_EQ(body("/apis/networking.istio.io")["versions"].size(), 3U);
  EXPECT_EQ(body("/apis/networking.istio.io")["kind"], "APIGroup");
}

// The hashes and the order of verbs are what a real server answered.
TEST_F(DiscoveryTest, lists_resources_as_the_real_server_does) {
  const json apps = body("/apis/apps/v1");
  EXPECT_EQ(apps["groupVersion"], "apps/v1");
  EXPECT_EQ(entry(apps["resources"], "name", "deployments"),
            json::parse(R"({"name":"deployments","singularName":"deployment","namespaced":true,"kind":"Deployment",
              "verbs":["create","delete","deletecollection","get","list","patch","update","watch"],
              "shortNames":["deploy"],"categories":["all"],"storageVersionHash":"8aSe+NMegvE="})"));
  EXPECT_EQ(entry(apps["resources"], "name", "deployments/scale"),
            json::parse(R"({"name":"deployments/scale","singularName":"","namespaced":true,"group":"autoscaling",
              "version":"v1","kind":"Scale","verbs":["get","patch","update"]})"));
  EXPECT_EQ(entry(body("/apis/networking.istio.io/v1")["resources"], "name", "workloadentries"),
            json::parse(R"({"name":"workloadentries","singularName":"workloadentry","namespaced":true,
              "kind":"WorkloadEntry","verbs":["delete","deletecollection","get","list","patch","create","update","watch"],
              "shortNames":["we"],"categories":["istio-io","networking-istio-io"],"storageVersionHash":"TCCKGA06viw="})"));
}

TEST_F(DiscoveryTest, lists_all_at_once) {
  const json core = body("/api", aggregated);
  EXPECT_EQ(core["apiVersion"], "apidiscovery.k8s.io/v2");
  ASSERT_EQ(core["items"].size(), 1U);
  EXPECT_EQ(core["items"][0]["metadata"], json::object());
  const json groups = body("/apis", aggregated);
  const json istio = groups["items"].back();
  EXPECT_EQ(istio["metadata"]["name"], "telemetry.istio.io");
  EXPECT_EQ(istio["versions"][0]["resources"][0]["responseKind"]["group"], "telemetry.istio.io");
  EXPECT_EQ(istio["versions"][0]["freshness"], "Current");
  EXPECT_EQ(groups["items"][0]["versions"][0]["resources"][0]["responseKind"]["group"], "");
}

TEST_F(DiscoveryTest, tells_what_is_not_served) {
  const std::pair<const char*, bool> cases[] = {{"/apis/apps/v9", true},
                                                {"/api/v1/nope", true},
                                                {"/apis/apps/v1/namespaces/a/nope", true},
                                                {"/apis/networking.istio.io/v9", false},
                                                {"/apis/networking.istio.io/v1/nope", false},
                                                {"/apis/nope.io", false},
                                                {"/readyz/nope", false},
                                                {"/nope", false}};
  for (const auto& [path, status] : cases) {
    const ApiResponse answer = response(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body.starts_with("{"), status) << path;
  }
}

TEST_F(DiscoveryTest, refuses_other_methods) {
  EXPECT_EQ(response("/version", "", "POST").status, 405);
  EXPECT_EQ(response("/apis/apps/v1", "", "DELETE").status, 405);
}

TEST_F(DiscoveryTest, is_healthy) {
  for (const char* path : {"/healthz", "/livez", "/readyz"}) EXPECT_EQ(response(path).body, "ok");
}

TEST_F(DiscoveryTest, says_what_the_patch_of_a_kind_takes) {
  const std::string url = body("/openapi/v3")["paths"]["apis/apps/v1"]["serverRelativeURL"];
  EXPECT_EQ(url, "/openapi/v3/apis/apps/v1");
  const json patch = body(url)["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
  EXPECT_EQ(patch["x-kubernetes-group-version-kind"]["kind"], "Deployment");
  for (const char* name : {"fieldValidation", "dryRun"})
    EXPECT_FALSE(entry(patch["parameters"], "name", name).is_null());
}

}  // namespace
}  // namespace mesh::simulator
