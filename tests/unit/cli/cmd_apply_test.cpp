#include <gmock/gmock.h>

#include <fstream>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/check_world.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct CmdApply : CommandCase {
  std::string planned() {
    const std::string file = (folder / "plan.json").string();
    EXPECT_EQ(run("plan", {"--out", file}), exit_done) << err;
    return file;
  }
};

TEST_F(CmdApply, carries_out_what_is_confirmed_and_records_it) {
  EXPECT_EQ(run("apply"), exit_done) << err;
  EXPECT_THAT(servers.at("c1").calls_with("apply"), Not(IsEmpty()));
  EXPECT_EQ(run("history"), exit_done);
  EXPECT_THAT(out, HasSubstr("apply"));
  EXPECT_EQ(run("apply"), exit_done);
  EXPECT_THAT(ends, ElementsAre(exit_done, exit_done));
}

TEST_F(CmdApply, changes_nothing_without_a_yes) {
  answer = "no";
  EXPECT_EQ(run("apply"), exit_failed);
  EXPECT_THAT(err, HasSubstr("not_confirmed"));
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
}

TEST_F(CmdApply, an_action_that_fails_is_1) {
  servers.at("c2").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (!call.starts_with("apply Service")) return std::nullopt;
    return Diagnostic{.code = Code::rejected, .summary = "rejected", .cause = "quota"};
  };
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err + out, HasSubstr("quota"));
}

TEST_F(CmdApply, a_cluster_that_cannot_be_read_is_3_when_the_rest_is_done) {
  servers.refused.insert("c2");
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_incomplete) << err;
  EXPECT_THAT(servers.at("c1").calls_with("apply"), Not(IsEmpty()));
}

TEST_F(CmdApply, flags_that_exclude_each_other_are_64) {
  EXPECT_EQ(run("apply", {"--skip-moved"}), exit_usage);
  EXPECT_EQ(run("apply", {"plan.json", "--only", "c1"}), exit_usage);
  EXPECT_EQ(run("apply", {"--only", "c9"}), exit_usage);
}

TEST_F(CmdApply, carries_out_a_saved_plan_without_a_question) {
  const std::string file = planned();
  answer = std::nullopt;
  EXPECT_EQ(run("apply", {file}), exit_done) << err;
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out;
}

TEST_F(CmdApply, refuses_a_saved_plan_of_another_spec) {
  const std::string file = planned();
  write_spec({"c1"});
  EXPECT_EQ(run("apply", {file}), exit_failed);
  EXPECT_THAT(err, HasSubstr("spec_changed"));
  EXPECT_EQ(run("apply", {(folder / "none.json").string()}), exit_failed);
  EXPECT_THAT(err, HasSubstr("file_not_readable"));
}

TEST_F(CmdApply, refuses_a_saved_plan_whose_objects_changed_or_skips_them) {
  const std::string file = planned();
  const ObjectId ns{"v1", "Namespace", "", "istio-system"};
  servers.at("c1").cluster.update(ns, "kubectl", [](nlohmann::json& body) {
    body["metadata"]["labels"]["topology.istio.io/network"] = "elsewhere";
  });
  EXPECT_EQ(run("apply", {file}), exit_failed);
  EXPECT_THAT(err, HasSubstr("--skip-moved"));
  EXPECT_THAT(servers.at("c2").calls_with("apply"), IsEmpty());
  EXPECT_EQ(run("apply", {file, "--skip-moved"}), exit_failed);
  EXPECT_THAT(servers.at("c2").calls_with("apply"), Not(IsEmpty()));
}

TEST_F(CmdApply, refuses_what_somebody_wrote_into_a_saved_plan) {
  const std::string file = planned();
  nlohmann::json plan = nlohmann::json::parse(std::ifstream(file));
  for (auto& action : plan["actions"]) {
    for (auto& object : action["objects"]) {
      if (object["kind"] == "ClusterRole") object["desired"]["rules"] = {{{"verbs", {"*"}}}};
    }
  }
  std::ofstream(file) << plan;
  EXPECT_EQ(run("apply", {file}), exit_failed);
  EXPECT_THAT(err, HasSubstr("ClusterRole"));
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
}

TEST_F(CmdApply, a_saved_plan_that_concerns_one_cluster_leaves_the_others_alone) {
  apply_all();
  const ObjectId ns{"v1", "Namespace", "", "istio-system"};
  servers.at("c1").cluster.update(
      ns, "kubectl", [](nlohmann::json& body) { body["metadata"]["labels"].erase("topology.istio.io/network"); });
  const std::string file = planned();
  servers.at("c2").calls.clear();
  EXPECT_EQ(run("apply", {file}), exit_done) << out << err;
  EXPECT_THAT(servers.at("c2").calls, IsEmpty());
  EXPECT_EQ(run("history"), exit_done);
  EXPECT_THAT(out, Not(HasSubstr("failed")));
}

TEST_F(CmdApply, makes_the_checks_of_a_saved_plan_again) {
  const std::string file = planned();
  testing::edit_injector(servers.at("c1"), [](nlohmann::json& values) { values["global"]["network"] = "other"; });
  EXPECT_EQ(run("apply", {file}), exit_failed);
  EXPECT_THAT(err, HasSubstr("check network-injector"));
  EXPECT_EQ(run("apply", {file, "--skip-check", "network-injector"}), exit_done) << err;
}

TEST_F(CmdApply, a_digest_binds_the_approval_to_one_plan) {
  const std::string file = planned();
  const std::string digest = err.substr(err.find("sha256:"), 71);
  EXPECT_EQ(run("apply", {file, "--digest", "sha256:0"}), exit_failed);
  EXPECT_THAT(err, HasSubstr(digest));
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
  EXPECT_EQ(run("apply", {file, "--digest", digest}), exit_done) << err;
}

TEST_F(CmdApply, a_saved_plan_that_is_carried_out_twice_has_nothing_to_do) {
  const std::string file = planned();
  EXPECT_EQ(run("apply", {file}), exit_done) << err;
  servers.at("c1").calls.clear();
  EXPECT_EQ(run("apply", {file}), exit_done) << err;
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
}

TEST_F(CmdApply, a_saved_plan_of_a_removal_is_carried_out) {
  apply_all();
  const std::string file = (folder / "plan.json").string();
  EXPECT_EQ(run("plan", {"--destroy", "--out", file}), exit_done) << err;
  EXPECT_EQ(run("apply", {file}), exit_done) << err;
  EXPECT_EQ(run("plan", {"--destroy", "--detailed-exitcode"}), exit_done) << out;
}

TEST_F(CmdApply, refuses_a_saved_plan_of_another_cluster) {
  const std::string file = planned();
  auto& other = make_cluster("c1");
  EXPECT_EQ(run("apply", {file}), exit_failed);
  EXPECT_THAT(err, HasSubstr("plan was made for another cluster"));
  EXPECT_THAT(other.calls_with("apply"), IsEmpty());
}

TEST_F(CmdApply, leaves_another_cluster_behind_a_name_alone_until_a_person_accepts_it) {
  apply_all();
  auto& other = make_cluster("c2");
  for (const char* command : {"plan", "apply", "destroy"}) {
    const std::vector<std::string> words = {"plan" == std::string(command) ? "--no-color" : "--auto-approve"};
    EXPECT_EQ(run(command, words), exit_incomplete) << command << err;
    EXPECT_THAT(err, HasSubstr("other_cluster")) << command;
    EXPECT_THAT(err, HasSubstr("--accept-new-cluster c2")) << command;
  }
  EXPECT_THAT(other.calls_with("apply"), IsEmpty());
  EXPECT_EQ(run("apply", {"--auto-approve", "--accept-new-cluster", "c9"}), exit_usage);
  EXPECT_EQ(run("apply", {"--auto-approve", "--accept-new-cluster", "c2"}), exit_done) << err;
  EXPECT_THAT(other.calls_with("apply"), Not(IsEmpty()));
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err;
}

TEST_F(CmdApply, goes_on_elsewhere_when_a_cluster_has_an_error) {
  servers.at("c2").cluster.remove({"apps/v1", "Deployment", "istio-system", "istiod-asm-1233-2"});
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_incomplete) << err;
  EXPECT_THAT(err, HasSubstr("control_plane_missing"));
  EXPECT_THAT(out, HasSubstr("c1/gateway"));
  EXPECT_THAT(servers.at("c1").calls_with("apply Service istio-system"), Not(IsEmpty()));
  EXPECT_THAT(servers.at("c2").calls_with("apply"), IsEmpty());
}

TEST_F(CmdApply, wants_a_yes_of_its_own_when_most_clusters_are_gone) {
  make_cluster("c3");
  write_spec({"c1", "c2", "c3"});
  apply_all();
  write_spec({"c1"});
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("error[mass_removal]"));
  EXPECT_THAT(err, HasSubstr("of the 3 clusters of the last snapshot 2 would be taken away: c2, c3"));
  EXPECT_EQ(run("plan"), exit_failed);
  EXPECT_EQ(run("apply", {"--auto-approve", "--allow-mass-removal"}), exit_done) << err;
  write_spec({"c1"});
  EXPECT_EQ(run("destroy", {"--auto-approve"}), exit_done) << err;
}

TEST_F(CmdApply, wants_a_yes_of_its_own_for_more_changes_than_the_policy_allows) {
  write_spec({"c1", "c2"}, "repo = \"state\"\n[policy]\nmax_changes = 3");
  EXPECT_EQ(run("plan"), exit_failed);
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("error[too_many_changes]"));
  EXPECT_THAT(err, HasSubstr("actions that write: 10; [policy] max_changes is 3"));
  EXPECT_THAT(servers.at("c1").calls_with("apply"), IsEmpty());
  EXPECT_EQ(run("apply", {"--auto-approve", "--only", "c1/gateway"}), exit_done) << err;
  EXPECT_EQ(run("apply", {"--auto-approve", "--allow-changes", "9"}), exit_done) << err;
}

TEST_F(CmdApply, opens_no_kubeconfig_that_only_the_state_names) {
  const auto elsewhere = folder.parent_path() / (folder.filename().string() + "-elsewhere");
  std::ofstream(spec, std::ios::app) << "[cluster.c3]\nid = \"id-c3\"\nplatform = \"kubernetes\"\nkubeconfig = \""
                                     << elsewhere.string() << "\"\nnetwork = \"net-c3\"\n";
  make_cluster("c3");
  apply_all();
  write_spec({"c1", "c2"});
  servers.connected.clear();
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_incomplete) << err;
  EXPECT_THAT(servers.connected, Not(Contains("c3")));
  EXPECT_THAT(err, HasSubstr(elsewhere.string()));
  EXPECT_THAT(err, HasSubstr("--reach c3"));
  EXPECT_EQ(run("apply", {"--auto-approve", "--reach", "c3"}), exit_done) << err;
  EXPECT_THAT(servers.connected, Contains("c3"));
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err;
}

}  // namespace
}  // namespace mesh::cli
