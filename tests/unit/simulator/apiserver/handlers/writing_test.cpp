#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using WritingTest = ApiBench;

json config(const std::string& name, const json& data) {
  return {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}, {"data", data}};
}

TEST_F(WritingTest, create_once) {
  const json made = make_map("x", {{"uid", "mine"}, {"creationTimestamp", "2020-01-01T00:00:00Z"}});
  EXPECT_EQ(made["metadata"]["namespace"], "default");
  EXPECT_EQ(made["metadata"]["uid"].get<std::string>().size(), 36U);
  EXPECT_NE(made["metadata"]["creationTimestamp"], "2020-01-01T00:00:00Z");
  const Got again = send("POST", map_path(), {{"metadata", {{"name", "x"}}}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.reason(), "AlreadyExists");
  EXPECT_EQ(again.message(), "configmaps \"x\" already exists");
  EXPECT_EQ(changes_, std::vector<std::string>{"added configmaps x"});
}

TEST_F(WritingTest, generate_names) {
  const json made = must(send("POST", map_path(), {{"metadata", {{"generateName", "gx-"}}}}));
  const std::string name = made["metadata"]["name"];
  EXPECT_EQ(name.substr(0, 3), "gx-");
  EXPECT_EQ(name.size(), 8U);
  EXPECT_EQ(made["metadata"]["generateName"], "gx-");
}

struct RefusedWrite {
  const char* method;
  std::string target;
  json body;
  const char* type;
  int status;
  const char* message;
};

TEST_F(WritingTest, are_refused_in_the_words_of_a_real_server) {
  make_map("x");
  const char* json_type = "application/json";
  for (const auto& [method, target, body, type, status, message] : std::vector<RefusedWrite>{
           {"POST",
            map_path(),
            {{"metadata", {{"name", "y"}, {"namespace", "other"}}}},
            json_type,
            400,
            "the namespace of the provided object does not match the namespace sent on the request"},
           {"POST",
            "/api/v1/namespaces/none/configmaps",
            {{"metadata", {{"name", "y"}}}},
            json_type,
            404,
            "namespaces \"none\" not found"},
           {"POST",
            map_path(),
            {{"metadata", {{"name", "y"}, {"resourceVersion", "5"}}}},
            json_type,
            500,
            "resourceVersion should not be set on objects to be created"},
           {"POST",
            map_path(),
            {{"metadata", {{"name", "y"}}}},
            "application/foo",
            415,
            "the body of the request was in an unknown format - accepted media types include: application/json, "
            "application/yaml, application/vnd.kubernetes.protobuf"},
           {"POST",
            map_path() + "?dryRun=Foo",
            {{"metadata", {{"name", "y"}}}},
            json_type,
            422,
            "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Foo\"]: supported values: "
            "\"All\""},
           {"POST",
            map_path() + "?fieldValidation=Foo",
            {{"metadata", {{"name", "y"}}}},
            json_type,
            422,
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Foo\": supported values: "
            "\"\", \"Ignore\", \"Strict\", \"Warn\""},
           {"PUT",
            map_path("x"),
            {{"metadata", {{"name", "y"}}}},
            json_type,
            400,
            "the name of the object (y) does not match the name on the URL (x)"},
           {"PUT",
            map_path("x"),
            {{"metadata", json::object()}},
            json_type,
            400,
            "the name of the object (x based on URL) was undeterminable: name must be provided"},
           {"PUT",
            map_path("none"),
            {{"metadata", {{"name", "none"}}}},
            json_type,
            404,
            "configmaps \"none\" not found"},
           {"PUT",
            map_path("x"),
            {{"metadata", {{"name", "x"}, {"resourceVersion", "1"}}}},
            json_type,
            409,
            "Operation cannot be fulfilled on configmaps \"x\": the object has been modified; please apply your "
            "changes "
            "to the latest version and try again"},
           {"PUT",
            map_path("x"),
            {{"metadata", {{"name", "x"}, {"resourceVersion", "foo"}}}},
            json_type,
            500,
            "resourceVersion: Invalid value: \"foo\": strconv.ParseUint: parsing \"foo\": invalid syntax"},
           {"PATCH", map_path("x"), {{"data", {{"a", "b"}}}}, json_type, 415, "415: Unsupported Media Type"},
           {"PATCH",
            map_path("x"),
            {{"data", {{"a", "b"}}}},
            apply_type,
            422,
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"},
           {"PATCH",
            map_path("x") + "?force=true",
            {{"data", {{"a", "b"}}}},
            merge_type,
            422,
            "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"},
           {"PATCH",
            map_path("x") + "?fieldManager=m",
            {{"data", {{"a", "b"}}}},
            apply_type,
            400,
            "invalid object type: /, Kind="},
           {"PATCH", map_path("none"), {{"data", {{"a", "b"}}}}, merge_type, 404, "configmaps \"none\" not found"},
           {"PATCH", "/apis/networking.istio.io/v1/namespaces/default/gateways/g", json::object(),
            "application/strategic-merge-patch+json", 415, "415: Unsupported Media Type"}}) {
    const Got got = send(method, target, body, type);
    EXPECT_EQ(got.status, status) << method << " " << target << " " << got.text;
    EXPECT_EQ(got.message(), message) << method << " " << target;
  }
}

TEST_F(WritingTest, that_change_nothing_keep_the_version) {
  const json made = must(apply(map_path("x") + "?fieldManager=m", config("x", {{"a", "1"}})));
  const json again = must(apply(map_path("x") + "?fieldManager=m", config("x", {{"a", "1"}})));
  EXPECT_EQ(again, made);
  const json put = must(send("PUT", map_path("x"), {{"metadata", {{"name", "x"}}}, {"data", {{"a", "1"}}}}));
  EXPECT_EQ(put["metadata"]["resourceVersion"], made["metadata"]["resourceVersion"]);
  EXPECT_EQ(changes_, std::vector<std::string>{"added configmaps x"});
}

TEST_F(WritingTest, apply_creates_shares_and_conflicts) {
  EXPECT_EQ(apply(map_path("x") + "?fieldManager=one", config("x", {{"a", "1"}})).status, 201);
  const Got conflict = apply(map_path("x") + "?fieldManager=two", config("x", {{"a", "2"}}));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.body["details"]["causes"][0]["reason"], "FieldManagerConflict");
  const json forced = must(apply(map_path("x") + "?fieldManager=two&force=true", config("x", {{"a", "2"}})));
  EXPECT_EQ(forced["data"]["a"], "2");
  EXPECT_EQ(forced["metadata"]["managedFields"].size(), 1U);
  json stale = config("x", {{"a", "2"}});
  stale["metadata"]["resourceVersion"] = "1";
  const Got modified = apply(map_path("x") + "?fieldManager=two", stale);
  EXPECT_EQ(modified.status, 409);
  EXPECT_FALSE(modified.body["details"].contains("causes"));
}

TEST_F(WritingTest, of_a_dry_run_are_shown_and_not_done) {
  const json made = must(send("POST", map_path() + "?dryRun=All", {{"metadata", {{"name", "x"}}}}));
  EXPECT_TRUE(made["metadata"].contains("uid"));
  EXPECT_FALSE(made["metadata"].contains("resourceVersion"));
  EXPECT_EQ(get(map_path("x")).status, 404);
  make_map("x");
  const json patched = must(send("PATCH", map_path("x") + "?dryRun=All", {{"data", {{"a", "1"}}}}, merge_type));
  EXPECT_EQ(patched["data"]["a"], "1");
  EXPECT_FALSE(get(map_path("x")).body.contains("data"));
  must(send("DELETE", map_path("x") + "?dryRun=All"));
  EXPECT_EQ(get(map_path("x")).status, 200);
}

TEST_F(WritingTest, take_their_manager_from_the_user_agent) {
  const json made = must(send("POST", map_path(), {{"metadata", {{"name", "x"}}}, {"data", {{"a", "1"}}}},
                              "application/json", {{"user-agent", "kubectl/v1.32 (linux)"}}));
  EXPECT_EQ(made["metadata"]["managedFields"][0]["manager"], "kubectl");
  const json named =
      must(send("POST", map_path() + "?fieldManager=me", {{"metadata", {{"name", "y"}}}, {"data", {{"a", "1"}}}}));
  EXPECT_EQ(named["metadata"]["managedFields"][0]["manager"], "me");
}

TEST_F(WritingTest, need_a_version_where_the_kind_says_so) {
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
  const json lease = {{"metadata", {{"name", "l"}}}, {"spec", {{"holderIdentity", "me"}}}};
  // PUT creates it, for some kinds.
  EXPECT_EQ(send("PUT", leases + "/l", lease).status, 201);
  EXPECT_EQ(
      send("PUT", leases + "/l", lease).message(),
      "leases.coordination.k8s.io \"l\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified "
      "for an update");
}

TEST_F(WritingTest, keep_secrets_given_as_text_in_data) {
  const std::string secrets = "/api/v1/namespaces/default/secrets";
  const json made = must(send("POST", secrets, {{"metadata", {{"name", "s"}}}, {"stringData", {{"a", "hello"}}}}));
  EXPECT_EQ(made["data"]["a"], "aGVsbG8=");
  EXPECT_FALSE(made.contains("stringData"));
  EXPECT_EQ(made["type"], "Opaque");
}

TEST_F(WritingTest, count_generations_of_the_spec_alone) {
  const std::string path = "/apis/apps/v1/namespaces/default/deployments";
  const json labels = {{"app", "web"}};
  const json container = {{"name", "web"}, {"image", "web:1"}};
  must(send(
      "POST", path,
      {{"metadata", {{"name", "web"}}},
       {"spec",
        {{"replicas", 1},
         {"selector", {{"matchLabels", labels}}},
         {"template", {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", json::array({container})}}}}}}}}));
  const auto generation = [&] { return get(path + "/web").body["metadata"]["generation"].get<int>(); };
  EXPECT_EQ(generation(), 1);
  must(send("PATCH", path + "/web", {{"metadata", {{"labels", labels}}}}, merge_type));
  must(send("PATCH", path + "/web/status", {{"status", {{"replicas", 1}, {"observedGeneration", 1}}}}, merge_type));
  EXPECT_EQ(generation(), 1);
  EXPECT_EQ(get(path + "/web").body["status"]["replicas"], 1);
  must(send("PATCH", path + "/web", {{"status", {{"replicas", 9}}}}, merge_type));
  EXPECT_EQ(get(path + "/web").body["status"]["replicas"], 1);
  const json scaled = must(send("PATCH", path + "/web/scale", {{"spec", {{"replicas", 4}}}}, merge_type));
  EXPECT_EQ(scaled["kind"], "Scale");
  EXPECT_EQ(scaled["spec"]["replicas"], 4);
  EXPECT_EQ(scaled["status"]["selector"], "app=web");
  EXPECT_EQ(generation(), 2);
  const json owner = get(path + "/web").body["metadata"]["managedFields"];
  int scale_owners = 0;
  for (const json& entry : owner) scale_owners += entry.value("subresource", "") == "scale" ? 1 : 0;
  EXPECT_EQ(scale_owners, 1);
}

TEST_F(WritingTest, by_components_are_made_in_their_name) {
  const auto made = api_.call("kube-controller-manager/1", "POST", map_path(),
                              {{"metadata", {{"name", "x"}}}, {"data", {{"a", "1"}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body["metadata"]["managedFields"][0]["manager"], "kube-controller-manager");
  const auto missing = api_.call("kube-controller-manager/1", "GET", map_path("none") + "?pretty=true");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body["reason"], "NotFound");
}

TEST_F(WritingTest, of_whole_worlds_need_no_checks) {
  EXPECT_TRUE(api_.put({{"apiVersion", "v1"},
                        {"kind", "Secret"},
                        {"metadata", {{"name", "s"}, {"namespace", "nowhere"}, {"resourceVersion", "7"}}}}));
  EXPECT_NE(api_.find("secrets", "nowhere", "s")->version, 7U);
  EXPECT_FALSE(api_.put({{"apiVersion", "v1"}, {"kind", "Nothing"}, {"metadata", {{"name", "s"}}}}));
}

}  // namespace
}  // namespace mesh::testing
