#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct CmdRollback : CommandCase {};

TEST_F(CmdRollback, goes_back_to_the_spec_of_a_snapshot_and_leaves_the_file_alone) {
  apply_all();
  std::ofstream(spec, std::ios::app) << "gateway.replicas = { min = 3, max = 4 }\n";
  apply_all();
  std::stringstream before;
  before << std::ifstream(spec).rdbuf();
  EXPECT_EQ(run("rollback", {"HEAD~1"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("c2/gateway"));
  EXPECT_THAT(err, HasSubstr("the next plan goes forward again"));
  std::stringstream after;
  after << std::ifstream(spec).rdbuf();
  EXPECT_EQ(before.str(), after.str());
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_differences) << "forward again";
  EXPECT_EQ(run("rollback", {"HEAD"}), exit_done) << err;
  EXPECT_EQ(run("show", {"HEAD"}), exit_done);
  EXPECT_THAT(out, HasSubstr("-gateway.replicas = { min = 3, max = 4 }"));
}

TEST_F(CmdRollback, asks_and_names_what_is_wrong) {
  apply_all();
  std::ofstream(spec, std::ios::app) << "gateway.replicas = { min = 3, max = 4 }\n";
  apply_all();
  answer = "no";
  EXPECT_EQ(run("rollback", {"HEAD~1"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("not_confirmed"));
  EXPECT_EQ(run("rollback", {"abcdef"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("unknown_revision"));
  EXPECT_EQ(run("rollback"), exit_usage);
}

TEST_F(CmdRollback, opens_no_kubeconfig_that_only_the_snapshot_names) {
  const auto elsewhere = folder.parent_path() / (folder.filename().string() + "-elsewhere");
  make_cluster("c3");
  std::ofstream(spec, std::ios::app) << "[cluster.c3]\nid = \"id-c3\"\nplatform = \"kubernetes\"\nkubeconfig = \""
                                     << elsewhere.string() << "\"\nnetwork = \"net-c3\"\n";
  apply_all();
  write_spec({"c1", "c2"});
  ASSERT_EQ(run("apply", {"--auto-approve", "--reach", "c3"}), exit_done) << err;
  servers.connected.clear();
  EXPECT_EQ(run("rollback", {"HEAD~1", "--auto-approve"}), exit_incomplete) << err;
  EXPECT_THAT(servers.connected, Not(Contains("c3")));
  EXPECT_EQ(run("rollback", {"HEAD~1", "--auto-approve", "--reach", "c3"}), exit_done) << err;
  EXPECT_THAT(servers.connected, Contains("c3"));
}

}  // namespace
}  // namespace mesh::cli
