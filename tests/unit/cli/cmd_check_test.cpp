#include <gmock/gmock.h>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/check_world.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct CmdCheck : CommandCase {
  void break_network() {
    testing::edit_injector(servers.at("c1"), [](nlohmann::json& values) { values["global"]["network"] = "other"; });
  }
};

TEST_F(CmdCheck, a_mesh_that_works_is_0) {
  apply_all();
  EXPECT_EQ(run("check"), exit_done) << out << err;
  EXPECT_THAT(out, HasSubstr("No findings"));
}

TEST_F(CmdCheck, an_error_is_1_and_says_what_was_read) {
  apply_all();
  break_network();
  EXPECT_EQ(run("check"), exit_failed) << err;
  EXPECT_THAT(out, HasSubstr("error: network-injector"));
  EXPECT_THAT(out, HasSubstr("global.network is `other`, the spec says `net-c1`"));
}

TEST_F(CmdCheck, a_warning_is_0) {
  apply_all();
  servers.at("c1").latency = std::chrono::milliseconds(4000);
  EXPECT_EQ(run("check"), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("warning: api-server-latency"));
}

TEST_F(CmdCheck, a_cluster_or_a_list_that_could_not_be_asked_is_3) {
  apply_all();
  servers.at("c1").fail = [](const std::string& call) {
    const bool hit = call.find("read ConfigMap") != std::string::npos;
    return hit ? std::optional(Diagnostic{.code = Code::forbidden, .summary = "forbidden", .hint = "grant list"})
               : std::nullopt;
  };
  EXPECT_EQ(run("check"), exit_incomplete) << out << err;
  EXPECT_THAT(out, HasSubstr("not known: read-rights"));
  EXPECT_THAT(out, HasSubstr("not checked: "));
  servers.at("c1").fail = nullptr;
  servers.refused.insert("c2");
  EXPECT_EQ(run("check"), exit_incomplete) << out << err;
  EXPECT_THAT(out, HasSubstr("not known: api-server-reach"));
}

TEST_F(CmdCheck, an_error_wins_over_what_could_not_be_asked) {
  apply_all();
  break_network();
  servers.refused.insert("c2");
  EXPECT_EQ(run("check"), exit_failed);
}

TEST_F(CmdCheck, skips_what_it_is_told_to) {
  apply_all();
  break_network();
  EXPECT_EQ(run("check", {"--skip-check", "network-injector"}), exit_done) << out;
  EXPECT_THAT(out, HasSubstr("1 check skipped."));
}

TEST_F(CmdCheck, only_some_clusters) {
  apply_all();
  break_network();
  EXPECT_EQ(run("check", {"--only", "c2"}), exit_done) << out;
  EXPECT_THAT(out, HasSubstr("in 1 cluster."));
}

TEST_F(CmdCheck, what_nothing_is_called_is_64) {
  EXPECT_EQ(run("check", {"--skip-check", "network-injektor"}), exit_usage);
  EXPECT_THAT(err, HasSubstr("did you mean `network-injector`?"));
  EXPECT_EQ(run("check", {"--only", "c9"}), exit_usage);
}

TEST_F(CmdCheck, lists_the_checks_without_a_spec) {
  std::filesystem::remove(spec);
  EXPECT_EQ(run("check", {"--list"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("network-injector"));
  EXPECT_EQ(run("check", {"--list", "--format", "json"}), exit_done);
  EXPECT_TRUE(nlohmann::json::parse(out).is_array());
}

TEST_F(CmdCheck, answers_with_a_document) {
  apply_all();
  break_network();
  EXPECT_EQ(run("check", {"--format", "json"}), exit_failed);
  const auto document = nlohmann::json::parse(out);
  EXPECT_EQ(document.at("findings").at(0).at("id"), "network-injector");
  EXPECT_EQ(document.at("findings").size(), 1u);
}

TEST_F(CmdCheck, reads_secrets_with_one_list_where_a_plan_reads_metadata_alone) {
  apply_all();
  servers.at("c1").calls.clear();
  run("plan");
  for (const std::string& call : servers.at("c1").calls_with("read Secret")) EXPECT_THAT(call, HasSubstr("(metadata)"));
  servers.at("c1").calls.clear();
  run("check");
  EXPECT_EQ(std::erase_if(servers.at("c1").calls,
                          [](const std::string& call) {
                            return call.starts_with("read Secret") && !call.ends_with("(metadata)");
                          }),
            1u);
}

TEST_F(CmdCheck, reads_nothing_per_peer) {
  apply_all();
  servers.at("c1").calls.clear();
  run("check");
  const std::size_t two = servers.at("c1").calls.size();
  testing::complete_installation(servers.add("c3", kubernetes::field_schemas()),
                                 {.cluster_id = "id-c3", .network = "net-c3"});
  write_spec({"c1", "c2", "c3"});
  servers.at("c1").calls.clear();
  run("check");
  EXPECT_EQ(servers.at("c1").calls.size(), two);
}

}  // namespace
}  // namespace mesh::cli
