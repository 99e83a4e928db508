#include "providers/kubernetes/api.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

using nlohmann::json;

struct PathCase {
  const char* name;
  ObjectId id;
  const char* path;
};
void PrintTo(const PathCase& row, std::ostream* out) { *out << row.name; }

class ApiObjectPath : public testing::TestWithParam<PathCase> {};
TEST_P(ApiObjectPath, is) { EXPECT_EQ(object_path(GetParam().id), GetParam().path); }
INSTANTIATE_TEST_SUITE_P(
    Table, ApiObjectPath,
    testing::Values(
        PathCase{"Namespace", {"v1", "Namespace", "", "n"}, "/api/v1/namespaces/n"},
        PathCase{"Secret", {"v1", "Secret", "n", "s"}, "/api/v1/namespaces/n/secrets/s"},
        PathCase{"Service", {"v1", "Service", "n", "s"}, "/api/v1/namespaces/n/services/s"},
        PathCase{"ServiceAccount", {"v1", "ServiceAccount", "n", "s"}, "/api/v1/namespaces/n/serviceaccounts/s"},
        PathCase{"ConfigMap", {"v1", "ConfigMap", "n", "c"}, "/api/v1/namespaces/n/configmaps/c"},
        PathCase{"Pod", {"v1", "Pod", "n", "p"}, "/api/v1/namespaces/n/pods/p"},
        PathCase{"Deployment", {"apps/v1", "Deployment", "n", "d"}, "/apis/apps/v1/namespaces/n/deployments/d"},
        PathCase{"HorizontalPodAutoscaler",
                 {"autoscaling/v2", "HorizontalPodAutoscaler", "n", "h"},
                 "/apis/autoscaling/v2/namespaces/n/horizontalpodautoscalers/h"},
        PathCase{"PodDisruptionBudget",
                 {"policy/v1", "PodDisruptionBudget", "n", "p"},
                 "/apis/policy/v1/namespaces/n/poddisruptionbudgets/p"},
        PathCase{"ClusterRoleBinding",
                 {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "b"},
                 "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/b"},
        PathCase{"Gateway",
                 {"networking.istio.io/v1", "Gateway", "n", "g"},
                 "/apis/networking.istio.io/v1/namespaces/n/gateways/g"},
        PathCase{"Lease",
                 {"coordination.k8s.io/v1", "Lease", "n", "l"},
                 "/apis/coordination.k8s.io/v1/namespaces/n/leases/l"},
        PathCase{"NetworkPolicy",
                 {"networking.k8s.io/v1", "NetworkPolicy", "n", "p"},
                 "/apis/networking.k8s.io/v1/namespaces/n/networkpolicies/p"},
        PathCase{"Ingress",
                 {"networking.k8s.io/v1", "Ingress", "n", "i"},
                 "/apis/networking.k8s.io/v1/namespaces/n/ingresses/i"},
        PathCase{"Endpoints", {"v1", "Endpoints", "n", "e"}, "/api/v1/namespaces/n/endpoints/e"},
        PathCase{"name_with_colon",
                 {"rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:x/../y"},
                 "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Ax%2F..%2Fy"}),
    [](const auto& row) { return row.param.name; });

TEST(ApiReadRequest, asks_lists_for_pages_and_metadata) {
  const Read read{.id = {"v1", "Secret", "n", ""}, .label_selector = "a=b,!c", .content = Content::metadata_only};
  const HttpRequest first = read_request(read, 500, "");
  EXPECT_EQ(first.target, "/api/v1/namespaces/n/secrets?limit=500&labelSelector=a%3Db%2C%21c");
  EXPECT_EQ(first.headers,
            std::vector<std::string>{"Accept: application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"});
  EXPECT_EQ(read_request(read, 2, "x=/").target,
            "/api/v1/namespaces/n/secrets?limit=2&labelSelector=a%3Db%2C%21c&continue=x%3D%2F");
}

TEST(ApiReadRequest, leaves_a_namespace_out_of_a_list_of_all) {
  const HttpRequest list =
      read_request({.id = {"v1", "Secret", "", ""}, .label_selector = "a=b,c=d", .not_in_namespace = "n"}, 500, "");
  EXPECT_EQ(list.target,
            "/api/v1/secrets?limit=500&labelSelector=a%3Db%2Cc%3Dd&fieldSelector=metadata.namespace%21%3Dn");
}

TEST(ApiReadRequest, asks_one_object_by_name) {
  const HttpRequest one = read_request({.id = {"v1", "Secret", "n", "s"}, .content = Content::metadata_only}, 500, "");
  EXPECT_EQ(one.target, "/api/v1/namespaces/n/secrets/s");
  EXPECT_EQ(one.headers[0], "Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
}

TEST(ApiWriteRequests, say_manager_force_and_preconditions) {
  const ObjectId id{"apps/v1", "Deployment", "n", "d"};
  const HttpRequest apply = apply_request(id, {{"a", 1}}, Force::yes, "mesh.prod");
  EXPECT_EQ(apply.method, "PATCH");
  EXPECT_EQ(apply.target,
            "/apis/apps/v1/namespaces/n/deployments/d?fieldManager=mesh.prod&force=true&fieldValidation=Strict");
  EXPECT_EQ(apply.headers[1], "Content-Type: application/apply-patch+yaml");
  EXPECT_NE(apply_request(id, {}, Force::no, "mesh.prod").target.find("force=false"), std::string::npos);
  const json options = json::parse(delete_request(id, "u-1").body);
  EXPECT_EQ(options["preconditions"]["uid"], "u-1");
  EXPECT_EQ(options["propagationPolicy"], "Foreground");
  EXPECT_EQ(json::parse(delete_request(id, "u-1", "7").body)["preconditions"],
            (json{{"uid", "u-1"}, {"resourceVersion", "7"}}));
  EXPECT_EQ(json::parse(delete_request({"v1", "Secret", "n", "s"}, "").body),
            json::parse(R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"})"));
  EXPECT_EQ(patch_request(id, PatchType::merge, {{"a", nullptr}}, "mesh.prod").body, R"({"a":null})");
  EXPECT_EQ(patch_request(id, PatchType::merge, {}, "mesh.prod").headers.at(1),
            "Content-Type: application/merge-patch+json");
  EXPECT_EQ(patch_request(id, PatchType::strategic, {}, "mesh.prod").headers.at(1),
            "Content-Type: application/strategic-merge-patch+json");
  EXPECT_EQ(watch_request({.id = {"v1", "Pod", "n", "p"}}, "7", 240).target,
            "/api/v1/namespaces/n/pods?fieldSelector=metadata.name%3Dp&watch=true&allowWatchBookmarks=true&"
            "resourceVersion=7&timeoutSeconds=240");
  EXPECT_EQ(watch_request({.id = {"v1", "Pod", "n", ""}, .label_selector = "app=x"}, "7", 240).target,
            "/api/v1/namespaces/n/pods?labelSelector=app%3Dx&watch=true&allowWatchBookmarks=true&"
            "resourceVersion=7&timeoutSeconds=240");
}

TEST(ApiParsePage, takes_items_and_the_continue_token) {
  const ObjectId secrets{"v1", "Secret", "n", ""};
  const auto page = parse_page(R"({"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"9","continue":"C"},
    "items":[{"metadata":{"name":"a","namespace":"n"}}]})",
                               secrets);
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->continue_token, "C");
  EXPECT_EQ(page->resource_version, "9");
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].id, (ObjectId{"v1", "Secret", "n", "a"}));
  EXPECT_TRUE(page->objects[0].metadata_only);
  const auto empty = parse_page(R"({"kind":"SecretList","metadata":{},"items":null})", secrets);
  ASSERT_TRUE(empty.has_value());
  EXPECT_TRUE(empty->objects.empty());
}

TEST(ApiParsePage, refuses_what_is_no_list) {
  for (const char* bad : {"", "<html>", "[]", "7", "{}", R"({"items":{}})", R"({"items":[7]})",
                          R"({"items":[{"metadata":{}}]})", "{\"items\":[", "\xff\xfe", R"({"items":"x"})"}) {
    const auto page = parse_page(bad, {"v1", "Secret", "n", ""});
    ASSERT_FALSE(page.has_value()) << bad;
    EXPECT_EQ(page.error()[0].code, Code::malformed_answer) << bad;
  }
}

TEST(ApiParseWatchEvent, knows_all_kinds) {
  const ObjectId id{"v1", "Pod", "n", "p"};
  const auto kind = [&](const char* line) { return parse_watch_event(line, id)->kind; };
  using Kind = WatchEvent::Kind;
  EXPECT_EQ(kind(R"({"type":"ADDED","object":{"metadata":{"name":"p"}}})"), Kind::added_or_modified);
  EXPECT_EQ(kind(R"({"type":"MODIFIED","object":{"metadata":{"name":"p"}}})"), Kind::added_or_modified);
  EXPECT_EQ(kind(R"({"type":"DELETED","object":{"metadata":{"name":"p"}}})"), Kind::deleted);
  EXPECT_EQ(kind(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"), Kind::expired);
  EXPECT_EQ(kind(R"({"type":"ERROR","object":{"kind":"Status","code":500,"message":"m"}})"), Kind::failed);
  const auto bookmark = parse_watch_event(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}})", id);
  EXPECT_EQ(bookmark->kind, Kind::bookmark);
  EXPECT_EQ(bookmark->resource_version, "12");
  for (const char* bad :
       {"{", "{}", R"({"type":"ODD","object":{}})", R"({"type":"ADDED"})", R"({"type":"ADDED","object":{}})"}) {
    EXPECT_FALSE(parse_watch_event(bad, id).has_value()) << bad;
  }
}

}  // namespace
}  // namespace mesh::kubernetes
