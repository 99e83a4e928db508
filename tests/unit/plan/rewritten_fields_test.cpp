#include "engine/plan/rewritten_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/plan/make_plan.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/fake_cluster.h"

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A cluster in which a webhook limits every Deployment to one CPU, and what mesh wants there.
struct RewrittenFields : ::testing::Test {
  RewrittenFields() {
    cluster.defaults = [](const ObjectId& written, json& body) {
      if (written.kind == "Deployment")
        body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1";
    };
    const json container = {{"name", "proxy"}, {"resources", {{"limits", {{"cpu", "2"}, {"memory", "1Gi"}}}}}};
    DesiredObject object{
        .id = id,
        .body = {
            {"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", "d"}, {"namespace", "ns"}}}}};
    object.body["spec"]["template"]["spec"]["containers"] = json::array({container});
    DesiredAction action{.address = {"c/gateway"}, .kind = ActionKind::gateway, .cluster = "c"};
    action.objects.push_back(std::move(object));
    desired.actions.push_back(std::move(action));
  }
  Report apply() {
    Report report;
    report.actions.push_back({.address = {"c/gateway"}, .outcome = Outcome::done});
    report.actions[0].stored[id] = *cluster.apply(id, desired.actions[0].objects[0]->body);
    add_rewritten(report, "prod", desired, kubernetes::field_schemas());
    return report;
  }
  Operation planned() {
    const LiveState live{.clusters = {{"c", cluster.read({id})}}};
    const auto plan = make_plan(
        {.mesh = "prod", .spec_digest = {}, .desired = desired, .live = live, .schemas = kubernetes::field_schemas()});
    return plan->actions.at(0).operation;
  }
  json& cpu() {
    return desired.actions[0].objects[0].edit().body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
                                                    ["cpu"];
  }

  const ObjectId id{"apps/v1", "Deployment", "ns", "d"};
  testing::FakeCluster cluster{"c", kubernetes::field_schemas()};
  DesiredState desired;
};

TEST_F(RewrittenFields, are_reported_with_what_was_sent_and_stored) {
  const Report report = apply();
  ASSERT_THAT(report.rewritten, SizeIs(1));
  EXPECT_EQ(report.rewritten[0].cluster, "c");
  EXPECT_EQ(report.rewritten[0].sent, "2");
  EXPECT_EQ(report.rewritten[0].stored, "1");
  ASSERT_THAT(report.actions[0].warnings, SizeIs(1));
  const Diagnostic& warning = report.actions[0].warnings[0];
  EXPECT_EQ(warning.code, Code::rewritten);
  EXPECT_EQ(warning.where, "cluster c: Deployment ns/d");
  EXPECT_EQ(warning.cause, R"(spec.template.spec.containers[name="proxy"].resources.limits.cpu: sent "2", stored "1")");
  EXPECT_THAT(report.actions[0].stored, IsEmpty());
}

TEST_F(RewrittenFields, are_planned_once_more_without_a_record_and_never_again_with_it) {
  const Report report = apply();
  EXPECT_EQ(planned(), Operation::update);
  accept_rewritten(desired, report.rewritten);
  EXPECT_EQ(cpu(), "1");
  EXPECT_EQ(planned(), Operation::unchanged);
}

TEST_F(RewrittenFields, another_value_of_the_spec_is_planned) {
  const Report report = apply();
  cpu() = "3";
  accept_rewritten(desired, report.rewritten);
  EXPECT_EQ(cpu(), "3");
  EXPECT_EQ(planned(), Operation::update);
}

TEST_F(RewrittenFields, there_are_none_where_what_was_sent_is_stored) {
  cluster.defaults = {};
  const Report report = apply();
  EXPECT_THAT(report.rewritten, IsEmpty());
  EXPECT_THAT(report.actions[0].warnings, IsEmpty());
}

}  // namespace
}  // namespace mesh
