#include <gmock/gmock.h>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct CmdDestroy : CommandCase {
  CmdDestroy() { apply_all(); }
};

TEST_F(CmdDestroy, removes_what_was_applied) {
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_done) << err;
  EXPECT_THAT(servers.at("c1").calls_with("remove Service"), Not(IsEmpty()));
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_differences);
}

TEST_F(CmdDestroy, removes_nothing_without_a_yes) {
  answer = std::nullopt;
  servers.at("c1").calls.clear();
  EXPECT_EQ(run("destroy"), exit_failed);
  EXPECT_THAT(err, HasSubstr("in a pipeline: --auto-approve"));
  EXPECT_THAT(servers.at("c1").calls_with("remove"), IsEmpty());
}

TEST_F(CmdDestroy, a_cluster_that_cannot_be_read_is_3_when_the_rest_is_done) {
  servers.refused.insert("c2");
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_incomplete) << err;
  EXPECT_THAT(servers.at("c1").calls_with("remove"), Not(IsEmpty()));
}

TEST_F(CmdDestroy, an_address_that_no_action_has_is_64) { EXPECT_EQ(run("destroy", {"--only", "c9"}), exit_usage); }

}  // namespace
}  // namespace mesh::cli
