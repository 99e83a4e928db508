#include <gmock/gmock.h>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;

struct CmdDrift : CommandCase {
  void edit() {
    const ObjectId ns{"v1", "Namespace", "", "istio-system"};
    servers.at("c1").cluster.update(ns, "kubectl", [](nlohmann::json& body) {
      body["metadata"]["labels"]["topology.istio.io/network"] = "elsewhere";
    });
  }
};

TEST_F(CmdDrift, nothing_applied_yet_is_1) {
  EXPECT_EQ(run("drift"), exit_failed);
  EXPECT_THAT(err, HasSubstr("nothing was applied yet"));
}

TEST_F(CmdDrift, no_difference_is_0) {
  apply_all();
  EXPECT_EQ(run("drift"), exit_done) << out << err;
}

TEST_F(CmdDrift, a_difference_is_2_and_names_who_made_it) {
  apply_all();
  edit();
  EXPECT_EQ(run("drift"), exit_differences) << err;
  EXPECT_THAT(out, HasSubstr("kubectl"));
  EXPECT_EQ(run("drift", {"--only", "c2"}), exit_done) << out;
}

TEST_F(CmdDrift, a_cluster_that_cannot_be_read_is_3_unless_there_are_differences) {
  apply_all();
  servers.refused.insert("c2");
  EXPECT_EQ(run("drift"), exit_incomplete) << err;
  edit();
  EXPECT_EQ(run("drift"), exit_differences);
}

TEST_F(CmdDrift, an_address_that_no_action_has_is_64) {
  apply_all();
  EXPECT_EQ(run("drift", {"--only", "c9"}), exit_usage);
  EXPECT_EQ(run("drift", {"--exclude", "c9"}), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
