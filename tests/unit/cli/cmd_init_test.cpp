#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/jobs/files.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct CmdInit : CommandCase {
  CmdInit() {
    std::filesystem::remove(spec);
    for (const char* name : {"c1", "c2"}) kubeconfig(name, name);
  }

  std::string kubeconfig(const std::string& name, const std::string& context) {
    const std::filesystem::path file = folder / "configs" / (name + ".yaml");
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file)
        << "kind: Config\ncurrent-context: " << context << "\ncontexts:\n- name: " << context
        << "\n  context: {cluster: c, user: u}\nclusters:\n- name: c\n"
        << "  cluster: {server: \"https://api.example:6443\"}\nusers:\n- name: u\n  user: {token: hush}\n";
    return file.string();
  }

  std::vector<std::string> configs(std::vector<std::string> more = {}) {
    more.insert(more.begin(), (folder / "configs").string());
    return more;
  }
  std::string written() { return read_file(spec).value_or(""); }
};

TEST_F(CmdInit, writes_a_spec_that_can_be_applied_and_says_what_is_next) {
  EXPECT_EQ(run("init", configs()), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("with 2 clusters"));
  EXPECT_THAT(out, HasSubstr("mesh plan -f " + spec.string()));
  EXPECT_THAT(written(), HasSubstr("kubeconfig = \"configs/c1.yaml\""));
  EXPECT_THAT(written(), HasSubstr("id = \"id-c2\""));
  EXPECT_THAT(out + err + written(), Not(HasSubstr("hush")));
  for (const char* name : {"c1", "c2"}) EXPECT_THAT(servers.at(name).calls_with("apply"), IsEmpty());
  EXPECT_EQ(run("validate"), exit_done) << err;
  apply_all();
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err;
}

TEST_F(CmdInit, after_an_apply_it_describes_what_is_there) {
  write_spec({"c1", "c2"});
  apply_all();
  ASSERT_EQ(run("init", configs({"--force"})), exit_done) << err;
  EXPECT_THAT(written(), HasSubstr("name = \"m\""));
  EXPECT_EQ(run("plan", {"--detailed-exitcode"}), exit_done) << out << err << written();
}

/// Platform eks would set annotations that may give the load balancer another address.
TEST_F(CmdInit, a_gateway_made_by_hand_keeps_its_load_balancer) {
  testing::FakeCluster& cluster = servers.at("c1").cluster;
  const nlohmann::json labels = {
      {"app", "istio-eastwestgateway"}, {"istio", "eastwestgateway"}, {"topology.istio.io/network", "net-c1"}};
  cluster.update({"v1", "Node", "", "n"}, "kubelet", [](nlohmann::json& body) {
    body["metadata"]["labels"] = {{"eks.amazonaws.com/nodegroup", "main"}};
  });
  cluster.update({"v1", "Namespace", "", "istio-system"}, "kubectl-label",
                 [](nlohmann::json& body) { body["metadata"]["labels"]["topology.istio.io/network"] = "net-c1"; });
  cluster.update(
      {"apps/v1", "Deployment", "istio-system", "istio-eastwestgateway"}, "istio-operator", [&](nlohmann::json& body) {
        body["spec"] = {{"selector", {{"matchLabels", labels}}}, {"template", {{"metadata", {{"labels", labels}}}}}};
      });
  cluster.update(
      {"v1", "Service", "istio-system", "istio-eastwestgateway"}, "istio-operator", [&](nlohmann::json& body) {
        body["metadata"]["labels"] = labels;
        body["spec"] = {{"type", "LoadBalancer"}, {"selector", labels}, {"loadBalancerSourceRanges", {"10.0.0.0/8"}}};
        body["status"]["loadBalancer"]["ingress"] = nlohmann::json::array({{{"hostname", "x.elb.amazonaws.com"}}});
      });
  ASSERT_EQ(run("init", configs()), exit_done) << err;
  EXPECT_THAT(written(), HasSubstr("# check: it is eks (node n has label eks.amazonaws.com/nodegroup)"));
  ASSERT_EQ(run("plan", {"--format", "json"}), exit_done) << out << err;
  const nlohmann::json plan = nlohmann::json::parse(out);
  for (const nlohmann::json& action : plan["actions"]) {
    EXPECT_TRUE(action["interrupts"].empty()) << action;
    EXPECT_NE(action["operation"], "replace") << action;
  }
}

TEST_F(CmdInit, never_overwrites_without_force) {
  std::ofstream(spec) << "mine";
  EXPECT_EQ(run("init", configs()), exit_failed);
  EXPECT_THAT(err, HasSubstr("--force"));
  EXPECT_EQ(written(), "mine");
  EXPECT_THAT(servers.at("c1").calls, IsEmpty());
  EXPECT_EQ(run("init", configs({"--force"})), exit_done) << err;
  EXPECT_THAT(written(), HasSubstr("[cluster.c1]"));
}

TEST_F(CmdInit, prints_the_spec_where_that_is_asked_for) {
  spec = "-";
  EXPECT_EQ(run("init", configs()), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("version = 1\n"));
  EXPECT_THAT(out, Not(HasSubstr("Printed")));
  EXPECT_THAT(err, HasSubstr("Printed a spec"));
  EXPECT_THAT(err, Not(HasSubstr("mesh plan")));
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(CmdInit, a_cluster_that_does_not_answer_becomes_a_comment_and_is_3) {
  servers.refused.insert("c2");
  EXPECT_EQ(run("init", configs()), exit_incomplete);
  EXPECT_THAT(err, HasSubstr("context c2"));
  EXPECT_THAT(out, HasSubstr("1 context left out"));
  EXPECT_THAT(written(), HasSubstr("# Left out: context c2 of configs/c2.yaml"));
  EXPECT_THAT(written(), HasSubstr("# [cluster.c2]"));
  EXPECT_EQ(run("validate"), exit_done) << err;
}

TEST_F(CmdInit, a_kubeconfig_of_a_folder_that_cannot_be_read_is_3) {
  std::ofstream(folder / "configs" / "c3.yaml") << "contexts: [\nclusters: []\n";
  EXPECT_EQ(run("init", configs()), exit_incomplete);
  EXPECT_THAT(err, HasSubstr("c3.yaml"));
  EXPECT_EQ(run("validate"), exit_done) << err;
}

TEST_F(CmdInit, kubeconfigs_may_follow_a_context) {
  EXPECT_EQ(run("init", {"--context", "c1", "--context", "c2", (folder / "configs").string()}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("with 2 clusters"));
}

TEST_F(CmdInit, without_any_cluster_nothing_is_written_and_it_is_1) {
  servers.refused = {"c1", "c2"};
  EXPECT_EQ(run("init", configs()), exit_failed);
  EXPECT_THAT(err, HasSubstr("no_clusters"));
  EXPECT_FALSE(std::filesystem::exists(spec));
}

TEST_F(CmdInit, what_cannot_be_written_is_1) {
  spec = folder / "nowhere" / "mesh.toml";
  EXPECT_EQ(run("init", configs()), exit_failed);
  EXPECT_THAT(err, HasSubstr("file_not_writable"));
}

TEST_F(CmdInit, a_stop_writes_nothing) {
  stop.request_stop();
  EXPECT_EQ(run("init", configs()), exit_failed);
  EXPECT_THAT(err, HasSubstr("cancelled"));
  EXPECT_FALSE(std::filesystem::exists(spec));
}

TEST_F(CmdInit, wrong_usage_is_64) {
  EXPECT_EQ(run("init", configs({"--context", "nope"})), exit_usage);
  EXPECT_EQ(run("init", configs({"--mesh", "Not A Name"})), exit_usage);
  EXPECT_EQ(run("init", configs({"--timeout", "soon"})), exit_usage);
  EXPECT_FALSE(std::filesystem::exists(spec));
}

TEST_F(CmdInit, chooses_contexts_and_the_name) {
  EXPECT_EQ(run("init", configs({"--context", "c1", "--mesh", "prod"})), exit_done) << err;
  EXPECT_THAT(written(), HasSubstr("name = \"prod\""));
  EXPECT_THAT(written(), Not(HasSubstr("c2")));
  EXPECT_THAT(servers.at("c2").calls, IsEmpty());
}

}  // namespace
}  // namespace mesh::cli
