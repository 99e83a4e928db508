#include <gmock/gmock.h>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;

struct CmdForget : CommandCase {};

TEST_F(CmdForget, ends_a_tombstone) {
  apply_all();
  write_spec({"c1"});
  servers.refused.insert("c2");
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_incomplete) << err;
  EXPECT_EQ(run("plan"), exit_incomplete);
  EXPECT_EQ(run("forget", {"c2"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("is not removed any more"));
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err;
  EXPECT_EQ(run("drift"), exit_done) << out << err;
  EXPECT_EQ(run("history"), exit_done);
  EXPECT_THAT(out, HasSubstr("forget: c2"));
}

TEST_F(CmdForget, says_why_it_does_nothing) {
  EXPECT_EQ(run("forget", {"c9"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("nothing was applied yet"));
  apply_all();
  EXPECT_EQ(run("forget", {"c2"}), exit_usage);
  EXPECT_THAT(err, HasSubstr("take it out of the spec first"));
  EXPECT_EQ(run("forget", {"c9"}), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
