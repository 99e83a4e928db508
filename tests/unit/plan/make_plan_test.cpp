#include "engine/plan/make_plan.h"

#include <gtest/gtest.h>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/plan_case.h"

namespace mesh {
namespace {

using nlohmann::json;

const ObjectId account_id{"v1", "ServiceAccount", "ns", "reader"};

json account() {
  return {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "reader"}, {"namespace", "ns"}}}};
}

json action(const char* address, json depends_on = json::array()) {
  return {{"address", address}, {"depends_on", std::move(depends_on)}, {"objects", {{{"body", account()}}}}};
}

LiveState empty_cluster() {
  LiveState live;
  live.clusters["c1"].name = "c1";
  live.clusters["c1"].asked.insert(account_id);
  return live;
}

Result<Plan> plan_of(const json& actions, const LiveState& live, const Diagnostics& diagnostics = {}) {
  DesiredState desired = testing::read_desired(actions);
  desired.diagnostics = diagnostics;
  return make_plan({.mesh = "prod",
                    .spec_digest = "d1",
                    .intent = Intent::destroy,
                    .desired = desired,
                    .live = live,
                    .schemas = kubernetes::field_schemas()});
}

TEST(MakePlan, carries_what_it_was_made_from) {
  LiveState live = empty_cluster();
  live.clusters["c1"].server_version = "v1.32.1";
  const auto plan = plan_of(json::array({action("c1/reader")}), live);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->mesh, "prod");
  EXPECT_EQ(plan->spec_digest, "d1");
  EXPECT_EQ(plan->intent, Intent::destroy);
  EXPECT_EQ(plan->clusters,
            (std::vector<PlannedCluster>{{.name = "c1", .reachable = true, .server_version = "v1.32.1"}}));
}

TEST(MakePlan, calls_an_action_unknown_when_an_object_could_not_be_read_and_says_why_once) {
  LiveState live = empty_cluster();
  const Diagnostic forbidden{.code = Code::forbidden, .where = "cluster c1", .summary = "not allowed to list"};
  live.clusters["c1"].unreadable[account_id] = {forbidden};
  const auto plan = plan_of({action("c1/reader"), action("c1/network")}, live);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->complete);
  EXPECT_EQ(plan->actions[0].operation, Operation::unknown);
  EXPECT_EQ(plan->actions[0].reason, "ServiceAccount ns/reader could not be read: not allowed to list");
  EXPECT_EQ(plan->diagnostics, as_reading_problems({forbidden}));
  EXPECT_FALSE(has_errors(plan->diagnostics));
}

TEST(MakePlan, hands_on_the_diagnostics_of_the_spec_and_of_the_reading) {
  LiveState live = empty_cluster();
  live.clusters["c1"].diagnostics = {{.code = Code::insecure_tls, .severity = Severity::warning}};
  const auto plan = plan_of(json::array({action("c1/reader")}), live, {{.code = Code::undialable_api_server}});
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->diagnostics.size(), 2U);
  EXPECT_EQ(plan->diagnostics[0].code, Code::undialable_api_server);
  EXPECT_EQ(plan->diagnostics[1].code, Code::insecure_tls);
}

TEST(MakePlan, hands_on_the_diagnostics_of_chosen_clusters_only) {
  struct Case {
    std::vector<std::string> only, exclude;
    bool told;
  };
  const std::vector<Case> cases = {
      {{}, {}, true},         {{"c1"}, {}, true},        {{"c1/reader"}, {}, true}, {{"c?/*"}, {}, true},
      {{"**"}, {}, true},     {{"**/reader"}, {}, true}, {{"c2"}, {}, false},       {{"c2", "c1/reader"}, {}, true},
      {{"c2/**"}, {}, false}, {{}, {"c1"}, false},       {{}, {"c*"}, false},       {{}, {"c1/reader"}, true},
      {{}, {"c2"}, true},     {{"c1"}, {"c1"}, false},   {{}, {"c1/**"}, false},    {{}, {"c1/*"}, true}};
  DesiredState desired = testing::read_desired({action("c1/reader"), action("c2/reader")});
  desired.of_cluster["c1"] = {{.code = Code::control_plane_missing}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.only.empty() ? "all" : one.only.front());
    SCOPED_TRACE(one.exclude.empty() ? "nothing" : one.exclude.front());
    const auto plan = make_plan({.mesh = "prod",
                                 .spec_digest = "d1",
                                 .desired = desired,
                                 .live = empty_cluster(),
                                 .schemas = kubernetes::field_schemas(),
                                 .only = one.only,
                                 .exclude = one.exclude});
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(!plan->diagnostics.empty() && plan->diagnostics[0].code == Code::control_plane_missing, one.told);
  }
}

TEST(MakePlan, gives_an_unreachable_cluster_with_its_error) {
  LiveState live = empty_cluster();
  live.clusters["c1"].reading = Unreachable{Diagnostics{{.code = Code::timed_out}}};
  const auto plan = plan_of(json::array({action("c1/reader")}), live);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->complete);
  EXPECT_FALSE(plan->clusters[0].reachable);
  EXPECT_EQ(plan->clusters[0].error[0].code, Code::timed_out);
}

/// c1 cannot be reached for a reason of its own; c2 discovers it already, or not yet.
struct Trouble {
  const char* name;
  Code code;
  std::vector<std::string> only, exclude;
  bool c2_knows_it;
  bool complete;
  bool told;
};

class MakePlanTrouble : public ::testing::TestWithParam<Trouble> {};

TEST_P(MakePlanTrouble, of_one_cluster_concerns_only_its_actions) {
  testing::FakeCluster c2("c2", kubernetes::field_schemas());
  if (GetParam().c2_knows_it) {
    ASSERT_TRUE(c2.apply(account_id, account()).has_value());
  }
  LiveState live;
  live.clusters["c2"] = c2.read({account_id});
  live.clusters["c1"].name = "c1";
  live.clusters["c1"].reading = Unreachable{Diagnostics{{.code = GetParam().code}}};
  const DesiredState desired =
      testing::read_desired({action("c1/network"), action("c1/discovery/c2"), action("c2/discovery/c1")});
  const auto plan = make_plan({.mesh = "prod",
                               .spec_digest = "d1",
                               .desired = desired,
                               .live = live,
                               .schemas = kubernetes::field_schemas(),
                               .only = GetParam().only,
                               .exclude = GetParam().exclude});
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(has_errors(plan->diagnostics));
  EXPECT_EQ(plan->complete, GetParam().complete);
  EXPECT_EQ(!plan->diagnostics.empty(), GetParam().told);
  EXPECT_EQ(plan->clusters.size(), GetParam().told ? 2U : 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MakePlanTrouble,
    ::testing::Values(Trouble{"its_login", Code::exec_plugin_failed, {}, {}, true, false, true},
                      Trouble{"its_kubeconfig_is_gone", Code::file_not_readable, {}, {}, true, false, true},
                      Trouble{"its_kubeconfig_is_wrong", Code::kubeconfig_invalid, {}, {}, true, false, true},
                      Trouble{"its_answers", Code::malformed_answer, {}, {}, true, false, true},
                      Trouble{"excluded", Code::exec_plugin_failed, {}, {"c1"}, true, true, false},
                      Trouble{"not_chosen", Code::file_not_readable, {"c2"}, {}, true, true, false},
                      Trouble{"excluded_and_not_known_yet", Code::exec_plugin_failed, {}, {"c1"}, false, false, true}),
    [](const auto& row) { return row.param.name; });

TEST(MakePlan, refuses_a_circle_of_needs) {
  const auto plan =
      plan_of({action("c1/reader", {"c1/network"}), action("c1/network", {"c1/reader"})}, empty_cluster());
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error()[0].code, Code::internal);
}

TEST(MakePlan, refuses_two_actions_with_one_address) {
  const auto plan = plan_of({action("c1/reader"), action("c1/reader")}, empty_cluster());
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error()[0].code, Code::internal);
}

TEST(MakePlan, digests_the_ground_of_what_changes_only) {
  testing::FakeCluster cluster("c1", kubernetes::field_schemas());
  json kept = account();
  kept["metadata"]["name"] = "kept";
  const ObjectId kept_id{"v1", "ServiceAccount", "ns", "kept"};
  ASSERT_TRUE(cluster.apply(kept_id, kept).has_value());
  ASSERT_TRUE(cluster.apply(account_id, account()).has_value());
  json changed = account();
  changed["metadata"]["labels"]["a"] = "b";
  LiveState live;
  live.clusters["c1"] = cluster.read({});
  const json objects = {{{"body", kept}}, {{"body", changed}}};
  const auto plan = plan_of(json::array({{{"address", "c1/reader"}, {"objects", objects}}}), live);
  ASSERT_TRUE(plan.has_value());
  const auto& changes = plan->actions[0].objects;
  const Ground& left_alone = std::get<KeepObject>(changes[0].what).ground;
  EXPECT_EQ(left_alone.uid, cluster.find(kept_id)->uid);
  EXPECT_TRUE(left_alone.digest.empty());
  const auto& update = std::get<UpdateObject>(changes[1].what);
  EXPECT_EQ(update.ground.digest.size(), 64U);
  EXPECT_EQ(update.body, changed);
}

}  // namespace
}  // namespace mesh
