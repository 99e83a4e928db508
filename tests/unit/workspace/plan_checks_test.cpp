#include "engine/workspace/plan_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/check_world.h"
#include "tests/support/istio_world.h"

namespace mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two clusters that work, and a workspace that read them for a plan.
struct World : testing::IstioWorld {
  World() : IstioWorld(testing::mesh_of({"a", "b"})) {
    for (const auto& [name, cluster] : spec.clusters) {
      testing::complete_installation(clients.at(name), {.cluster_id = cluster.id, .network = cluster.network});
    }
    apply(plan());
  }

  Workspace read(std::optional<std::set<std::string>> skipped) {
    Workspace workspace{.request = {.skipped_checks = std::move(skipped)}, .spec = spec};
    workspace.live = look(&workspace.checks);
    return workspace;
  }
  void give_a_second_scaler() {
    clients.at("a").cluster.update(
        {"autoscaling/v2", "HorizontalPodAutoscaler", "istio-system", "another"}, "kubectl", [](nlohmann::json& body) {
          body["spec"]["scaleTargetRef"] = {{"kind", "Deployment"}, {"name", "istio-eastwestgateway"}};
        });
  }
};

/// A plan that writes in cluster a, for itself and for a peer, and in b, after the checks.
Plan checked(const Workspace& workspace) {
  Plan plan;
  plan.actions = {{.address = {"a/gateway"}, .cluster = "a", .operation = Operation::update},
                  {.address = {"b/gateway"}, .cluster = "b", .operation = Operation::update}};
  take_checks(workspace, plan);
  return plan;
}
Diagnostics checks(const Workspace& workspace) { return checked(workspace).diagnostics; }

TEST(PlanChecks, find_nothing_in_a_mesh_that_works) {
  World world;
  EXPECT_THAT(checks(world.read(std::set<std::string>{})), IsEmpty());
}

TEST(PlanChecks, an_error_holds_its_cluster_back_and_says_how_to_plan_without_the_check) {
  World world;
  world.give_a_second_scaler();
  const Plan plan = checked(world.read(std::set<std::string>{}));
  const Diagnostics& found = plan.diagnostics;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].code, Code::check_fired);
  EXPECT_EQ(found[0].severity, Severity::warning) << "the rest is carried out";
  EXPECT_EQ(plan.actions[0].operation, Operation::unknown);
  EXPECT_EQ(plan.actions[0].reason, "check gateway-autoscalers found an error");
  EXPECT_EQ(plan.actions[1].operation, Operation::update);
  EXPECT_FALSE(plan.complete);
  EXPECT_EQ(found[0].summary, "check gateway-autoscalers");
  EXPECT_EQ(found[0].where, "cluster a: HorizontalPodAutoscaler istio-system/another");
  EXPECT_THAT(found[0].hint, HasSubstr("--skip-check gateway-autoscalers"));
}

TEST(PlanChecks, an_error_where_the_plan_writes_nothing_holds_nothing_back) {
  World world;
  world.give_a_second_scaler();
  Plan plan;
  plan.actions = {{.address = {"a/gateway"}, .cluster = "a", .operation = Operation::unchanged},
                  {.address = {"b/gateway"}, .cluster = "b", .operation = Operation::update}};
  take_checks(world.read(std::set<std::string>{}), plan);
  ASSERT_THAT(plan.diagnostics, SizeIs(1));
  EXPECT_EQ(plan.diagnostics[0].severity, Severity::warning);
  EXPECT_TRUE(plan.complete);
}

TEST(PlanChecks, one_that_is_left_out_says_nothing) {
  World world;
  world.give_a_second_scaler();
  EXPECT_THAT(checks(world.read(std::set<std::string>{"gateway-autoscalers"})), IsEmpty());
  EXPECT_THAT(checks(world.read(std::nullopt)), IsEmpty());
}

TEST(PlanChecks, nothing_is_said_of_a_cluster_that_is_left_out) {
  World world;
  world.give_a_second_scaler();
  Workspace workspace = world.read(std::set<std::string>{});
  workspace.request.exclude = {"a"};
  EXPECT_THAT(checks(workspace), IsEmpty());
  workspace.request.exclude.clear();
  workspace.request.only = {"b/discovery/a"};
  EXPECT_THAT(checks(workspace), IsEmpty());
}

TEST(PlanChecks, a_warning_lets_the_plan_pass) {
  World world;
  world.spec.mesh.ca = CertificateAuthority::mesh_ca;
  const Diagnostics found = checks(world.read(std::set<std::string>{}));
  ASSERT_FALSE(found.empty());
  EXPECT_FALSE(has_errors(found)) << found[0].summary;
}

TEST(PlanChecks, a_list_that_may_not_be_read_is_told_once) {
  World world;
  world.clients.at("a").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (!call.ends_with("HorizontalPodAutoscaler istio-system/")) return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "may not be read"};
  };
  const Diagnostics found = checks(world.read(std::set<std::string>{}));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(found[0].summary, "check read-rights");
  EXPECT_THAT(found[0].cause, HasSubstr("gateway-autoscalers"));
}

TEST(PlanChecks, an_id_that_no_check_has_is_told_with_the_nearest) {
  const Diagnostics found = unknown_checks({"gateway-autoscaler", "gateway-injection"});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].code, Code::usage);
  EXPECT_EQ(found[0].hint, "did you mean `gateway-autoscalers`?");
}

}  // namespace
}  // namespace mesh
