#include <gtest/gtest.h>

#include <filesystem>

#include "engine/plan/make_plan.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/golden.h"
#include "tests/support/plan_case.h"

namespace mesh {
namespace {

Result<Plan> plan_of(const testing::PlanCase& world, const LiveState& live) {
  return make_plan({.mesh = world.mesh,
                    .spec_digest = "",
                    .intent = world.intent,
                    .desired = world.desired,
                    .live = live,
                    .schemas = kubernetes::field_schemas(),
                    .only = world.only,
                    .exclude = world.exclude});
}

class MakePlanGolden : public ::testing::TestWithParam<std::filesystem::path> {
 protected:
  testing::PlanCase world_ =
      testing::read_plan_case(nlohmann::json::parse(testing::read_text(GetParam() / "world.json"), nullptr, true, true),
                              kubernetes::field_schemas());
};

TEST_P(MakePlanGolden, says_what_is_to_do) {
  const LiveState live = testing::live_of(world_);
  const Result<Plan> plan = plan_of(world_, live);
  std::string text;
  if (plan) {
    text = testing::dump(*plan);
  } else {
    for (const Diagnostic& diagnostic : plan.error())
      text += std::string(to_string(diagnostic.code)) + ": " + diagnostic.cause + "\n  " + diagnostic.hint + "\n";
  }
  testing::expect_golden(GetParam() / "plan.txt", text);
}

TEST_P(MakePlanGolden, leaves_nothing_to_do_when_carried_out) {
  const LiveState live = testing::live_of(world_);
  const Result<Plan> plan = plan_of(world_, live);
  if (!plan || !plan->complete) return;
  const auto done = testing::carry_out(*plan, world_);
  ASSERT_TRUE(done.has_value()) << done.error().front().cause;
  const LiveState after = testing::live_of(world_);
  const Result<Plan> again = plan_of(world_, after);
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(has_changes(*again)) << testing::dump(*again);
}

INSTANTIATE_TEST_SUITE_P(Cases, MakePlanGolden, ::testing::ValuesIn(testing::golden_cases("plan")),
                         [](const auto& row) { return testing::golden_name(row.param); });

}  // namespace
}  // namespace mesh
