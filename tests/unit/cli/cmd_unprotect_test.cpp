#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;

struct CmdUnprotect : CommandCase {
  /// c2 is protected and applied.
  CmdUnprotect() {
    std::ofstream(spec, std::ios::app) << "protect = true\n";
    apply_all();
  }
};

TEST_F(CmdUnprotect, ends_what_holds_when_the_line_is_gone) {
  write_spec({"c1", "c2"});
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("protected_cluster"));
  EXPECT_THAT(err, HasSubstr("mesh unprotect c2"));
  apply_all();
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_failed) << "an apply without the line does not end it";
  EXPECT_EQ(run("unprotect", {"c2"}), exit_done) << err;
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_done) << err;
}

TEST_F(CmdUnprotect, ends_what_holds_when_the_cluster_is_gone) {
  write_spec({"c1"});
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("protected_cluster"));
  EXPECT_EQ(run("unprotect", {"c2"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("Cluster c2 is not protected any more"));
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_done) << err;
}

TEST_F(CmdUnprotect, says_why_it_does_nothing) {
  EXPECT_EQ(run("unprotect", {"c2"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("take the line out first"));
  EXPECT_EQ(run("unprotect", {"c1"}), exit_usage);
  EXPECT_THAT(err, HasSubstr("cluster is not protected"));
  EXPECT_EQ(run("unprotect", {"c9"}), exit_usage);
  EXPECT_EQ(run("unprotect"), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
