#include "engine/jobs/this_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace mesh {
namespace {

using Variables = std::map<std::string, std::string>;

std::string url_with(const Variables& variables) {
  return ci_run_url([&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(ThisRun, has_the_page_of_each_ci_system) {
  EXPECT_EQ(url_with({}), "");
  EXPECT_EQ(
      url_with({{"GITHUB_SERVER_URL", "https://github.com"}, {"GITHUB_REPOSITORY", "a/b"}, {"GITHUB_RUN_ID", "7"}}),
      "https://github.com/a/b/actions/runs/7");
  for (const char* name : {"CI_JOB_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL", "BUILD_URL"}) {
    EXPECT_EQ(url_with({{name, "https://ci.example/7"}}), "https://ci.example/7") << name;
  }
  EXPECT_EQ(url_with({{"SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "https://dev.azure.com/a/"},
                      {"SYSTEM_TEAMPROJECT", "b"},
                      {"BUILD_BUILDID", "7"}}),
            "https://dev.azure.com/a/b/_build/results?buildId=7");
}

TEST(ThisRun, shows_no_credential_of_the_page) {
  EXPECT_EQ(url_with({{"BUILD_URL", "https://me:hunter2@ci.example/7?token=hunter2"}}), "https://ci.example/7");
  EXPECT_EQ(url_with({{"BUILD_URL", "https://ci.example/a@b/7"}}), "https://ci.example/a@b/7");
}

TEST(ThisRun, is_another_one_each_time) {
  EXPECT_THAT(who_runs(), ::testing::ContainsRegex(".+@.+"));
  EXPECT_NE(new_run_id(), new_run_id());
  EXPECT_THAT(new_run_id(), ::testing::StartsWith(who_runs() + "/"));
}

}  // namespace
}  // namespace mesh
