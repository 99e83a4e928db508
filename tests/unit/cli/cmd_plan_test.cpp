#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/check_world.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct CmdPlan : CommandCase {};

TEST_F(CmdPlan, shows_what_apply_would_do_and_writes_nothing) {
  EXPECT_EQ(run("plan"), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("c1/gateway"));
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder / "state"));
  EXPECT_THAT(ends, ElementsAre(exit_done));
}

TEST_F(CmdPlan, differences_are_2_where_that_is_asked_for) {
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_differences);
  apply_all();
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err;
}

TEST_F(CmdPlan, a_spec_with_an_error_is_1_and_shows_the_line) {
  std::ofstream(spec, std::ios::app) << "platfrom = \"eks\"\n";
  EXPECT_EQ(run("plan"), exit_failed);
  EXPECT_THAT(out, IsEmpty());
  EXPECT_THAT(err, HasSubstr("platfrom = \"eks\""));
  EXPECT_THAT(ends, IsEmpty());
}

TEST_F(CmdPlan, a_cluster_that_cannot_be_read_is_3_and_changes_elsewhere_are_2) {
  servers.refused.insert("c2");
  EXPECT_EQ(run("plan"), exit_incomplete) << err;
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_differences);
  servers.refused.clear();
  apply_all();
  servers.refused.insert("c2");
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_incomplete);
}

TEST_F(CmdPlan, a_check_that_finds_an_error_holds_the_cluster_back_unless_it_is_left_out) {
  testing::edit_injector(servers.at("c1"), [](nlohmann::json& values) { values["global"]["network"] = "other"; });
  EXPECT_EQ(run("plan"), exit_incomplete);
  EXPECT_THAT(out, HasSubstr("check network-injector found an error"));
  EXPECT_THAT(err, HasSubstr("check network-injector"));
  EXPECT_THAT(err, HasSubstr("--skip-check network-injector"));
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_incomplete);
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
  EXPECT_THAT(servers.at("c2").calls_with("apply Service"), Not(IsEmpty()));
  EXPECT_EQ(run("plan", {"--skip-check", "network-injector"}), exit_done) << err;
  EXPECT_EQ(run("plan", {"--skip-check", "network-injectr"}), exit_usage);
  EXPECT_EQ(run("apply", {"--auto-approve", "--skip-check", "network-injector"}), exit_done) << err;
}

TEST_F(CmdPlan, the_checks_of_a_removal_are_not_made) {
  apply_all();
  testing::edit_injector(servers.at("c1"), [](nlohmann::json& values) { values["global"]["network"] = "other"; });
  EXPECT_EQ(run("plan", {"--destroy"}), exit_done) << err;
}

TEST_F(CmdPlan, an_address_that_no_action_has_is_64) {
  EXPECT_EQ(run("plan", {"--only", "c9"}), exit_usage);
  EXPECT_THAT(err, HasSubstr("no_such_address"));
  EXPECT_EQ(run("plan", {"--timeout", "soon"}), exit_usage);
}

TEST_F(CmdPlan, a_stop_while_the_clusters_are_read_is_1) {
  stop.request_stop();
  EXPECT_EQ(run("plan"), exit_failed);
  EXPECT_THAT(err, HasSubstr("cancelled"));
}

TEST_F(CmdPlan, leaves_no_fetched_state_behind_when_the_process_ends_at_once) {
  apply_all();
  const std::filesystem::path temporary = folder / "temporary";
  std::filesystem::create_directory(temporary);
  write_spec({"c1", "c2"}, "repo = \"none\"\nremote = \"" + (folder / "state").string() + "\"");
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "/tmp" : before;
  ::setenv("TMPDIR", temporary.c_str(), 1);
  bool clean = false;
  at_end = [&] { clean = std::filesystem::is_empty(temporary); };
  EXPECT_EQ(run("plan"), exit_done) << err;
  ::setenv("TMPDIR", kept.c_str(), 1);
  EXPECT_TRUE(clean);
}

TEST_F(CmdPlan, saves_what_it_shows_as_json) {
  const std::filesystem::path file = folder / "plan.json";
  EXPECT_EQ(run("plan", {"--format", "json", "--out", file.string()}), exit_done) << err;
  std::ifstream saved(file);
  EXPECT_EQ(nlohmann::json::parse(out), nlohmann::json::parse(saved));
  EXPECT_EQ(run("plan", {"--out", (folder / "nowhere" / "plan.json").string()}), exit_failed);
  EXPECT_THAT(err, HasSubstr("file_not_writable"));
}

}  // namespace
}  // namespace mesh::cli
