#include <gtest/gtest.h>

#include "engine/render/render_diagnostics.h"
#include "providers/kubernetes/kubeconfig/resolve_context.h"
#include "tests/support/golden.h"

namespace mesh::kubernetes {
namespace {

class KubeconfigErrors : public ::testing::TestWithParam<std::filesystem::path> {};

/// Reads below the case's folder and names files as the user wrote them.
ReadFile reader_of(const std::filesystem::path& folder) {
  return [folder](const std::filesystem::path& path) -> Result<std::string> {
    auto content = file_reader()(folder / path);
    if (content) return content;
    return failure(Diagnostic{.code = Code::file_not_readable,
                              .summary = content.error()[0].summary,
                              .cause = path.string() + " does not exist",
                              .hint = content.error()[0].hint});
  };
}

TEST_P(KubeconfigErrors, text) {
  const ReadFile read = reader_of(GetParam());
  Diagnostics found;
  const auto access = load_kubeconfigs({"kubeconfig.yaml"}, {}, read).and_then([&](const Kubeconfig& config) {
    return tl::expected<Access, Diagnostics>(resolve_context(config, "", read, found));
  });
  ASSERT_FALSE(access.has_value()) << "the kubeconfig has no error";
  append(found, access.error());
  for (const Diagnostic& one : found) {
    EXPECT_TRUE(one.at.has_value()) << one.summary;
    EXPECT_FALSE(one.cause.empty()) << one.summary;
  }
  // Without source lines: they may hold credentials.
  const std::string text = render_diagnostics(found, Color::off);
  EXPECT_EQ(text.find("hush"), std::string::npos) << text;
  mesh::testing::expect_golden(GetParam() / "errors.txt", text);
}

INSTANTIATE_TEST_SUITE_P(Golden, KubeconfigErrors,
                         ::testing::ValuesIn(mesh::testing::golden_cases("kubeconfig_errors")),
                         [](const auto& row) { return mesh::testing::golden_name(row.param); });

}  // namespace
}  // namespace mesh::kubernetes
