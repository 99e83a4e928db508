#include "engine/plan/diff/diff_fields.h"

#include <gtest/gtest.h>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/fake_cluster.h"

namespace mesh {
namespace {

using nlohmann::json;

const ObjectId deployment_id{"apps/v1", "Deployment", "ns", "d"};

json deployment(json pod) {
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", "d"}, {"namespace", "ns"}}},
          {"spec", {{"template", {{"spec", std::move(pod)}}}}}};
}

std::vector<std::string> paths_of(const FieldsDiff& diff) {
  std::vector<std::string> paths;
  for (const FieldChange& change : diff.changes) paths.push_back(to_string(change.path));
  return paths;
}

struct Row {
  const char* name;
  /// Pod specs: as applied by mesh, as desired now.
  const char* applied;
  const char* desired;
  /// Under spec.template.spec.
  std::vector<std::string> differ;
};

class DiffFieldsOfPods : public ::testing::TestWithParam<Row> {};

TEST_P(DiffFieldsOfPods, differ_only_where_kubernetes_sees_a_difference) {
  testing::FakeCluster cluster("c", kubernetes::field_schemas());
  ASSERT_TRUE(cluster.apply(deployment_id, deployment(json::parse(GetParam().applied))).has_value());
  const json desired = deployment(json::parse(GetParam().desired));
  const SchemaTrees schemas(kubernetes::field_schemas());
  const DesiredObject rules{.id = deployment_id, .body = {}};
  const FieldsDiff diff =
      diff_fields({desired, cluster.find(deployment_id), schemas.of_kind("Deployment"), rules, {}, "mesh.prod"});
  std::vector<std::string> expected;
  for (const std::string& path : GetParam().differ) expected.push_back("spec.template.spec." + path);
  EXPECT_EQ(paths_of(diff), expected);
  EXPECT_FALSE(diff.force);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DiffFieldsOfPods,
    ::testing::Values(Row{"items_in_another_order",
                          R"({"volumes":[{"name":"a"},{"name":"b"}]})",
                          R"({"volumes":[{"name":"b"},{"name":"a"}]})",
                          {}},
                      Row{"protocol_is_filled_in",
                          R"({"containers":[{"name":"x","ports":[{"containerPort":1,"protocol":"TCP"}]}]})",
                          R"({"containers":[{"name":"x","ports":[{"containerPort":1}]}]})",
                          {R"(containers[name="x"].ports[containerPort=1,protocol="TCP"].protocol)"}},
                      Row{"another_protocol_is_another_item",
                          R"({"containers":[{"name":"x","ports":[{"containerPort":1,"protocol":"UDP"}]}]})",
                          R"({"containers":[{"name":"x","ports":[{"containerPort":1}]}]})",
                          {R"(containers[name="x"].ports[containerPort=1,protocol="TCP"])",
                           R"(containers[name="x"].ports[containerPort=1,protocol="UDP"])"}},
                      Row{"unlisted_list_is_one_value",
                          R"({"tolerations":[{"key":"a"},{"key":"b"}]})",
                          R"({"tolerations":[{"key":"b"},{"key":"a"}]})",
                          {"tolerations"}},
                      Row{"node_selector_is_one_value",
                          R"({"nodeSelector":{"a":"1","b":"2"}})",
                          R"({"nodeSelector":{"a":"1"}})",
                          {"nodeSelector"}},
                      Row{"quantity",
                          R"({"containers":[{"name":"x","resources":{"limits":{"cpu":"2000m","memory":"1Gi"}}}]})",
                          R"({"containers":[{"name":"x","resources":{"limits":{"cpu":2,"memory":"1073741824"}}}]})",
                          {}},
                      Row{"number_is_no_string",
                          R"({"terminationGracePeriodSeconds":30})",
                          R"({"terminationGracePeriodSeconds":"30"})",
                          {"terminationGracePeriodSeconds"}},
                      Row{"null_is_absent", R"({})", R"({"nodeName":null})", {}},
                      Row{"empty_map_is_absent", R"({})", R"({"securityContext":{}})", {}},
                      Row{"empty_list_is_absent", R"({})", R"({"tolerations":[]})", {}},
                      Row{"env_gone",
                          R"({"containers":[{"name":"x","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]})",
                          R"({"containers":[{"name":"x","env":[{"name":"A","value":"1"}]}]})",
                          {R"(containers[name="x"].env[name="B"])"}},
                      Row{"deep_item_by_its_fields",
                          R"({})",
                          R"({"containers":[{"name":"x","image":"auto","env":[{"name":"A","value":"1"}]}]})",
                          {R"(containers[name="x"].env[name="A"])", R"(containers[name="x"].image)",
                           R"(containers[name="x"].name)"}}),
    [](const auto& row) { return row.param.name; });

TEST(DiffFields, sees_what_an_entry_of_another_api_version_still_owns) {
  const ObjectId id{"networking.istio.io/v1", "Gateway", "ns", "g"};
  const auto gateway = [](const char* field) {
    json body = {{"kind", "Gateway"}, {"metadata", {{"name", "g"}}}, {"spec", {{"a", "1"}}}};
    body["spec"][field] = "2";
    return body;
  };
  Object live;
  live.id = id;
  live.body = gateway("b");
  live.body.edit()["spec"]["c"] = "2";
  live.managers = {{"mesh.prod", "Apply", "", std::nullopt, json::parse(R"({"f:spec":{"f:a":{},"f:b":{}}})")},
                   {"mesh.prod", "Apply", "", std::nullopt, json::parse(R"({"f:spec":{"f:c":{}}})")}};
  const SchemaTrees schemas(kubernetes::field_schemas());
  const DesiredObject rules{.id = id, .body = {}};
  const json desired = gateway("c");
  EXPECT_EQ(paths_of(diff_fields({desired, &live, schemas.of_kind("Gateway"), rules, {}, "mesh.prod"})),
            (std::vector<std::string>{"spec.b"}));
}

TEST(DiffFields, never_shows_the_data_of_a_secret) {
  testing::FakeCluster cluster("c", kubernetes::field_schemas());
  const ObjectId id{"v1", "Secret", "ns", "s"};
  const json applied = json::parse(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"ns"},"data":{"old":"SECRET"}})");
  ASSERT_TRUE(cluster.apply(id, applied).has_value());
  cluster.update(id, "kubectl", [](json& body) { body["data"]["extra"] = "SECRET"; });
  json desired = applied;
  desired["data"] = {{"new", "SECRET"}};
  const SchemaTrees schemas(kubernetes::field_schemas());
  const DesiredObject rules{.id = id, .body = {}, .exclusive = {parse_field_path("data")}};
  const FieldsDiff diff = diff_fields({desired, cluster.find(id), schemas.of_kind("Secret"), rules, {}, "mesh.prod"});
  EXPECT_EQ(paths_of(diff), (std::vector<std::string>{"data.new", "data.old", "data.extra"}));
  for (const FieldChange& change : diff.changes) {
    EXPECT_TRUE(change.sensitive);
    EXPECT_FALSE(change.before || change.after);
  }
}

/// A key that mesh and another client applied, and that is not desired any more: the apply alone would leave it there.
TEST(DiffFields, lists_a_foreign_field_that_is_removed_once) {
  testing::FakeCluster cluster("c", kubernetes::field_schemas());
  const ObjectId id{"v1", "Secret", "ns", "s"};
  const json applied = json::parse(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"ns","labels":{"old":"x"}},
          "data":{"kept":"SECRET","old":"SECRET"}})");
  for (const char* manager : {"mesh.prod", "kubectl"}) ASSERT_TRUE(cluster.apply(id, applied, manager).has_value());
  json desired = applied;
  desired["data"].erase("old");
  desired["metadata"].erase("labels");
  const SchemaTrees schemas(kubernetes::field_schemas());
  const DesiredObject rules{.id = id,
                            .body = {},
                            .exclusive = {parse_field_path("data")},
                            .forbidden = {parse_field_path("metadata.labels.old")}};
  const FieldsDiff diff = diff_fields({desired, cluster.find(id), schemas.of_kind("Secret"), rules, {}, "mesh.prod"});
  EXPECT_EQ(paths_of(diff), (std::vector<std::string>{"data.old", "metadata.labels.old"}));
  for (const FieldChange& change : diff.changes) {
    EXPECT_TRUE(change.before_present);
    EXPECT_FALSE(change.after_present) << "it does not stay with the other client";
    ASSERT_EQ(change.owned_by.size(), 1U);
    EXPECT_EQ(change.owned_by.front().manager, "kubectl");
  }
  EXPECT_EQ(diff.foreign_fields.size(), 2U);
}

}  // namespace
}  // namespace mesh
