#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct CmdHistory : CommandCase {};

TEST_F(CmdHistory, lists_and_shows_what_was_applied) {
  EXPECT_EQ(run("history"), exit_done) << err;
  apply_all();
  EXPECT_EQ(run("history"), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("apply"));
  EXPECT_EQ(run("show", {"HEAD"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("10 done"));
}

TEST_F(CmdHistory, is_cut_and_is_a_document_where_that_is_asked_for) {
  apply_all();
  ASSERT_EQ(run("destroy", {"--auto-approve"}), exit_done) << err;
  EXPECT_EQ(run("history", {"--limit", "1", "--format", "json"}), exit_done) << err;
  const auto document = nlohmann::json::parse(out);
  EXPECT_EQ(document.at("format"), "mesh.history/v1");
  ASSERT_EQ(document.at("snapshots").size(), 1U);
  EXPECT_THAT(document.at("snapshots")[0].at("subject").get<std::string>(), HasSubstr("destroy"));
  EXPECT_EQ(run("history", {"--limit", "0"}), exit_usage);
}

TEST_F(CmdHistory, shows_what_a_snapshot_changed) {
  apply_all();
  std::ofstream(spec, std::ios::app) << "gateway.replicas = { min = 3, max = 4 }\n";
  apply_all();
  EXPECT_EQ(run("show", {"HEAD"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("+gateway.replicas = { min = 3, max = 4 }"));
  EXPECT_THAT(out, HasSubstr("+  minReplicas: 3"));
  EXPECT_THAT(out, Not(HasSubstr("+  \"as_of\"")));
  EXPECT_EQ(run("show", {"HEAD~1"}), exit_done) << err;
  EXPECT_THAT(out, Not(HasSubstr("diff --git")));
}

TEST_F(CmdHistory, a_revision_that_is_not_there_is_1_and_none_is_64) {
  apply_all();
  EXPECT_EQ(run("show", {"abcdef"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("unknown_revision"));
  EXPECT_EQ(run("show"), exit_usage);
}

TEST_F(CmdHistory, a_spec_with_an_error_is_1) {
  std::ofstream(spec) << "version = 2\n";
  EXPECT_EQ(run("history"), exit_failed);
  EXPECT_EQ(run("show", {"HEAD"}), exit_failed);
  EXPECT_EQ(run("validate"), exit_failed);
}

}  // namespace
}  // namespace mesh::cli
