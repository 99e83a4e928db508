#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "engine/load/load_spec.h"
#include "engine/render/render_diagnostics.h"
#include "providers/platform/platforms.h"
#include "tests/support/golden.h"

namespace mesh {
namespace {

constexpr const char* folder = "spec_errors";

class LoadSpecErrors : public ::testing::TestWithParam<std::filesystem::path> {};

std::optional<std::string> line_of(const std::string& text, std::size_t number) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t i = 0; i < number; ++i) {
    if (!std::getline(lines, line)) return std::nullopt;
  }
  return line;
}

TEST_P(LoadSpecErrors, text) {
  const std::string text = testing::read_text(GetParam() / "mesh.toml");
  const auto spec = load_spec({.name = "mesh.toml", .bytes = text, .folder = GetParam()}, platform::all());
  ASSERT_FALSE(spec.has_value()) << "the spec has no error";
  for (const Diagnostic& found : spec.error()) {
    EXPECT_TRUE(found.at.has_value() && found.at->line > 0 && found.at->column > 0) << found.summary;
    EXPECT_FALSE(found.cause.empty()) << found.summary;
  }
  testing::expect_golden(
      GetParam() / "errors.txt",
      render_diagnostics(spec.error(), Color::off, [&](const Position& at) { return line_of(text, at.line); }));
}

INSTANTIATE_TEST_SUITE_P(golden, LoadSpecErrors, ::testing::ValuesIn(testing::golden_cases(folder)),
                         [](const auto& row) { return testing::golden_name(row.param); });

/// Each code that a spec can cause stands in some golden folder.
TEST(LoadSpecErrorCodes, all_have_a_case) {
  const std::set<Code> codes = {Code::syntax_error,       Code::duplicate_key,       Code::unknown_field,
                                Code::missing_field,      Code::wrong_type,          Code::invalid_value,
                                Code::unknown_peer,       Code::unsupported_version, Code::unknown_platform,
                                Code::unsupported_ca,     Code::duplicate_id,        Code::shared_network,
                                Code::conflicting_fields, Code::no_clusters,         Code::undialable_api_server};
  std::string all;
  for (const auto& one : testing::golden_cases(folder)) all += testing::read_text(one / "errors.txt");
  for (const Code code : codes) {
    EXPECT_NE(all.find("error[" + std::string(to_string(code)) + "]"), std::string::npos) << to_string(code);
  }
}

}  // namespace
}  // namespace mesh
