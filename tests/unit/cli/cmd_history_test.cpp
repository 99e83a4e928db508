#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;

struct CmdHistory : CommandCase {};

TEST_F(CmdHistory, lists_and_shows_what_was_applied) {
  EXPECT_EQ(run("history"), exit_done) << err;
  apply_all();
  EXPECT_EQ(run("history"), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("apply"));
  EXPECT_EQ(run("show", {"HEAD"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("10 done"));
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
