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
  std::optional<Reply> reply(const DiscoveryRequest& request) const {
    return discovery_reply(request, registry_, {.git_version = "v1.31.7-gke.100", .address = "10.0.0.1:6443"});
  }
  json body(const std::string& path, const std::string& accept = "") const {
    const auto found = reply({.path = path, .accept = accept});
    return found && found->status == 200 ? json::parse(found->body) : json();
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

TEST_F(DiscoveryTest, answers_unchanged_lists_with_304) {
  const auto first = reply({.path = "/apis", .accept = aggregated});
  const std::string tag = first->headers.at("ETag");
  EXPECT_EQ(reply({.path = "/apis", .accept = aggregated, .if_none_match = tag})->status, 304);
  EXPECT_EQ(reply({.path = "/apis", .accept = aggregated, .if_none_match = "\"x\""})->status, 200);
}

TEST_F(DiscoveryTest, tells_what_is_not_served) {
  EXPECT_FALSE(reply({.path = "/api/v1/pods"}));
  EXPECT_EQ(reply({.path = "/apis/nope.io/v1"})->content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(reply({.path = "/apis/nope.io"})->status, 404);
  const std::pair<const char*, bool> cases[] = {{"/apis/apps/v9", true},
                                                {"/api/v1/nope", true},
                                                {"/apis/apps/v1/namespaces/a/nope", true},
                                                {"/apis/networking.istio.io/v9", false},
                                                {"/apis/networking.istio.io/v1/nope", false},
                                                {"/nope", false}};
  for (const auto& [path, status] : cases) {
    const Reply answer = not_served_reply(path, registry_);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body.starts_with("{"), status) << path;
  }
}

TEST_F(DiscoveryTest, refuses_other_methods) {
  EXPECT_EQ(reply({.path = "/version", .method = "POST"})->status, 405);
  EXPECT_EQ(reply({.path = "/apis/apps/v1", .method = "DELETE"})->status, 405);
  EXPECT_EQ(reply({.path = "/apis", .method = "POST"})->status, 200);
}

TEST_F(DiscoveryTest, is_healthy) {
  for (const char* path : {"/healthz", "/livez", "/readyz", "/readyz/ping"})
    EXPECT_EQ(reply({.path = path})->body, "ok");
  EXPECT_NE(reply({.path = "/readyz", .verbose = true})->body.find("readyz check passed"), std::string::npos);
  EXPECT_FALSE(reply({.path = "/readyz/nope"}));
}

TEST_F(DiscoveryTest, describes_kinds_for_kubectl) {
  const json index = body("/openapi/v3")["paths"];
  const std::string url = index["apis/apps/v1"]["serverRelativeURL"];
  EXPECT_TRUE(url.starts_with("/openapi/v3/apis/apps/v1?hash="));
  const json apps = body("/openapi/v3/apis/apps/v1");
  const json patch = apps["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
  EXPECT_EQ(patch["x-kubernetes-group-version-kind"]["kind"], "Deployment");
  EXPECT_FALSE(entry(patch["parameters"], "name", "fieldValidation").is_null());
  const json deployment = apps["components"]["schemas"]["io.k8s.api.apps.v1.Deployment"];
  EXPECT_EQ(deployment["x-kubernetes-group-version-kind"][0]["kind"], "Deployment");
  EXPECT_TRUE(deployment["properties"].contains("spec"));
}

/// Every $ref of a document has what it refers to.
void expect_references(const json& value, const json& document) {
  // A property of that name is a schema.
  if (value.is_object() && value.contains("$ref") && value["$ref"].is_string()) {
    const std::string reference = value["$ref"];
    EXPECT_TRUE(document.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
  if (value.is_structured()) {
    for (const json& one : value) expect_references(one, document);
  }
}

TEST_F(DiscoveryTest, has_no_dangling_references) {
  const json second = body("/openapi/v2");
  EXPECT_EQ(second["swagger"], "2.0");
  expect_references(second, second);
  const json third = body("/openapi/v3/api/v1");
  expect_references(third, third);
}

TEST_F(DiscoveryTest, speaks_protobuf_to_kubectl) {
  const auto found =
      reply({.path = "/openapi/v2", .accept = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"});
  ASSERT_TRUE(found);
  // Field 1, five bytes or three: the version of swagger.
  EXPECT_EQ(found->body.substr(0, 5), std::string("\x0A\x03", 2) + "2.0");
  EXPECT_NE(found->body.find("io.k8s.api.apps.v1.Deployment"), std::string::npos);
}

}  // namespace
}  // namespace mesh::simulator
