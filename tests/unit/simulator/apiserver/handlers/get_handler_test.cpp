#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using GetHandlerTest = ApiBench;

struct Refusal {
  const char* method;
  const char* target;
  int status;
  const char* message;
};

TEST_F(GetHandlerTest, refuse_in_the_words_of_a_real_server) {
  const std::string maps = map_path();
  const char* unserved = "the server could not find the requested resource";
  const char* no_method = "the server does not allow this method on the requested resource";
  for (const auto& [method, target, status, message] : std::vector<Refusal>{
           {"GET", "/api/v1/namespaces/default/configmaps/none", 404, "configmaps \"none\" not found"},
           {"GET", "/apis/apps/v1/namespaces/default/deployments/none", 404, "deployments.apps \"none\" not found"},
           {"GET", "/apis/nope.io/v1/foos", 404, "404 page not found\n"},
           {"GET", "/api/v1/foos", 404, unserved},
           {"GET", "/apis/apps/v1/deployments/x", 404, unserved},
           {"GET", "/api/v1/namespaces/default/configmaps/x/status", 404, unserved},
           {"DELETE", "/api/v1/configmaps", 405, no_method},
           {"POST", "/api/v1/configmaps", 405, no_method},
           {"PUT", "/api/v1/namespaces/default/configmaps", 405, no_method},
           {"HEAD", "/api/v1/namespaces/default", 405, no_method},
           {"GET", "/api/v1/configmaps?limit=abc", 400, "strconv.ParseInt: parsing \"abc\": invalid syntax"},
           {"GET", "/api/v1/configmaps?continue=abc", 400, "invalid continue token: continue key is not valid"},
           {"GET", "/api/v1/configmaps?resourceVersion=abc", 400,
            "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax"},
           {"GET", "/api/v1/configmaps?resourceVersionMatch=Exact", 422,
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is "
            "forbidden unless resourceVersion is provided"},
           {"GET", "/api/v1/configmaps?sendInitialEvents=true", 422,
            "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for "
            "list"},
           {"GET", "/api/v1/configmaps?watch=1&sendInitialEvents=true", 422,
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
            "setting resourceVersionMatch to NotOlderThan"},
           {"GET", "/api/v1/configmaps?fieldSelector=a%3Db", 400, "field label not supported: a"}}) {
    const Got got = send(method, target);
    EXPECT_EQ(got.status, status) << method << " " << target;
    EXPECT_EQ(got.message(), message) << method << " " << target;
  }
}

TEST_F(GetHandlerTest, ask_who_asks_before_anything_else) {
  const Got nobody = send("GET", "/nowhere", nullptr, "", {{"authorization", "Bearer wrong"}});
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.reason(), "Unauthorized");
  simulator::ApiRequest anonymous{.method = "GET", .path = map_path()};
  const auto refused = api_.handle(anonymous);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(json::parse(refused.body)["message"],
            "configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in API group \"\" "
            "in the namespace \"default\"");
  anonymous.certificate = {.common_name = "root", .organizations = {"system:masters"}};
  EXPECT_EQ(api_.handle(anonymous).status, 200);
}

TEST_F(GetHandlerTest, carry_the_headers_of_an_api_server) {
  const Got got = get(map_path());
  EXPECT_EQ(got.response.headers.count("Audit-Id"), 1U);
  EXPECT_EQ(got.response.headers.find("Cache-Control")->second, "no-cache, private");
  EXPECT_EQ(got.response.content_type, "application/json");
  EXPECT_EQ(got.text.back(), '\n');
}

TEST_F(GetHandlerTest, show_an_object_whole_as_metadata_or_as_a_table) {
  make_map("x", {{"labels", {{"a", "b"}}}});
  EXPECT_EQ(get(map_path("x")).body["kind"], "ConfigMap");
  const json partial = get(map_path("x"), "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1").body;
  EXPECT_EQ(partial["kind"], "PartialObjectMetadata");
  EXPECT_EQ(partial["metadata"]["labels"], (json{{"a", "b"}}));
  EXPECT_FALSE(partial.contains("data"));
  const json list = get(map_path(), "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1").body;
  EXPECT_EQ(list["items"][0]["kind"], "PartialObjectMetadata");
  EXPECT_EQ(get(map_path(), "application/json;as=Table;g=meta.k8s.io;v=v1").body["rows"][0]["cells"][0], "x");
  EXPECT_EQ(get(map_path(), "text/html").status, 406);
}

TEST_F(GetHandlerTest, leave_the_kind_out_of_a_built_in_lists_items) {
  make_map("x");
  const json item = get(map_path()).body["items"][0];
  EXPECT_FALSE(item.contains("kind"));
  EXPECT_FALSE(item.contains("apiVersion"));
  const std::string gateways = "/apis/networking.istio.io/v1/namespaces/default/gateways";
  must(send("POST", gateways,
            {{"apiVersion", "networking.istio.io/v1"}, {"kind", "Gateway"}, {"metadata", {{"name", "g"}}}}));
  const json custom = get("/apis/networking.istio.io/v1beta1/gateways").body["items"][0];
  EXPECT_EQ(custom["kind"], "Gateway");
  EXPECT_EQ(custom["apiVersion"], "networking.istio.io/v1beta1");
}

TEST_F(GetHandlerTest, page_through_one_state_whatever_happens_meanwhile) {
  for (const char* name : {"a", "b", "c", "d"}) make_map(name);
  const json first = get(map_path() + "?limit=2").body;
  EXPECT_EQ(names_of(first), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(first["metadata"]["remainingItemCount"], 2);
  send("DELETE", map_path("c"));
  make_map("bb");
  const std::string token = first["metadata"]["continue"];
  const json second = get(map_path() + "?limit=2&continue=" + token).body;
  EXPECT_EQ(names_of(second), (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
  EXPECT_FALSE(second["metadata"].contains("continue"));

  api_.compact();
  const Got expired = get(map_path() + "?limit=2&continue=" + token);
  EXPECT_EQ(expired.status, 410);
  EXPECT_EQ(expired.reason(), "Expired");
  const json rest = get(map_path() + "?continue=" + expired.body["metadata"]["continue"].get<std::string>()).body;
  EXPECT_EQ(names_of(rest), (std::vector<std::string>{"bb", "d"}));
}

TEST_F(GetHandlerTest, count_nothing_of_a_selected_list) {
  for (const char* name : {"a", "b", "c"}) make_map(name, {{"labels", {{"x", "y"}}}});
  const json page = get(map_path() + "?limit=1&labelSelector=x%3Dy").body;
  EXPECT_TRUE(page["metadata"].contains("continue"));
  EXPECT_FALSE(page["metadata"].contains("remainingItemCount"));
  EXPECT_EQ(names_of(get(map_path() + "?fieldSelector=metadata.name%21%3Db").body),
            (std::vector<std::string>{"a", "c"}));
}

TEST_F(GetHandlerTest, answer_for_an_exact_version_or_not_at_all) {
  const std::string version = make_map("a")["metadata"]["resourceVersion"];
  make_map("b");
  const std::string exact = map_path() + "?resourceVersionMatch=Exact&resourceVersion=";
  EXPECT_EQ(names_of(get(exact + version).body), std::vector<std::string>{"a"});
  EXPECT_EQ(names_of(get(map_path() + "?resourceVersion=" + version).body), (std::vector<std::string>{"a", "b"}));
  const Got future = get(map_path() + "?resourceVersion=99999");
  EXPECT_EQ(future.status, 504);
  EXPECT_EQ(future.response.headers.find("Retry-After")->second, "1");
  api_.compact();
  EXPECT_EQ(get(exact + version).message(), "The resourceVersion for the provided list is too old.");
}

TEST_F(GetHandlerTest, are_written_down_for_the_audit) {
  get(map_path("none") + "?pretty=true");
  ASSERT_EQ(audit_.size(), 1U);
  EXPECT_EQ(audit_[0].verb, "get");
  EXPECT_EQ(audit_[0].request_uri, map_path("none") + "?pretty=true");
  EXPECT_EQ(audit_[0].resource, "configmaps");
  EXPECT_EQ(audit_[0].user_agent, "tester/1.0");
  EXPECT_EQ(audit_[0].code, 404);
}

}  // namespace
}  // namespace mesh::testing
