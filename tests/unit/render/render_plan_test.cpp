#include "engine/render/render_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "engine/codec/plan_codec.h"
#include "tests/support/golden.h"

namespace mesh {
namespace {

class RenderPlanText : public ::testing::TestWithParam<std::filesystem::path> {
 protected:
  static Plan plan() {
    const Result<Plan> decoded = decode_plan(testing::read_text(GetParam() / "plan.json"), "plan.json");
    EXPECT_TRUE(decoded) << decoded.error().front().summary << ": " << decoded.error().front().cause;
    return decoded ? *decoded : Plan();
  }
};

TEST_P(RenderPlanText, text) { testing::expect_golden(GetParam() / "plan.txt", render_plan(plan(), Color::off)); }

TEST_P(RenderPlanText, colour_adds_colour_and_nothing_else) {
  const std::string coloured = render_plan(plan(), Color::on);
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\x1b\\[[0-9]+m"), ""), render_plan(plan(), Color::off));
  EXPECT_THAT(render_plan(plan(), Color::off), ::testing::Not(::testing::HasSubstr("\x1b")));
}

INSTANTIATE_TEST_SUITE_P(Golden, RenderPlanText, ::testing::ValuesIn(testing::golden_cases("render")),
                         [](const auto& row) { return testing::golden_name(row.param); });

}  // namespace
}  // namespace mesh
