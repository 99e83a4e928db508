#include <gtest/gtest.h>

#include "engine/load/load_spec.h"
#include "engine/render/render_diagnostics.h"
#include "engine/render/render_spec.h"
#include "engine/workspace/init/propose_spec.h"
#include "providers/platform/platforms.h"
#include "tests/support/golden.h"
#include "tests/unit/workspace/init/init_case.h"

namespace mesh {
namespace {

class ProposeSpecGolden : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(ProposeSpecGolden, text) {
  const auto world = testing::read_init_case(nlohmann::json::parse(testing::read_text(GetParam() / "live.json")));
  const auto proposed = propose_spec(world.found, world.mesh_name, platform::all());
  ASSERT_TRUE(proposed) << render_diagnostics(proposed.error(), Color::off);
  const std::string text = render_spec(proposed->proposal);
  const auto spec = load_spec({.name = "mesh.toml", .bytes = text, .folder = "."}, platform::all());
  ASSERT_TRUE(spec) << text << render_diagnostics(spec.error(), Color::off);
  const std::string said = render_diagnostics(proposed->diagnostics, Color::off);
  if (!said.empty()) testing::expect_golden(GetParam() / "warnings.txt", said);
  testing::expect_golden(GetParam() / "mesh.toml", text);
}

INSTANTIATE_TEST_SUITE_P(Golden, ProposeSpecGolden, ::testing::ValuesIn(testing::golden_cases("init")),
                         [](const auto& row) { return testing::golden_name(row.param); });

}  // namespace
}  // namespace mesh
