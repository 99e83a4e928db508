#include "engine/render/render_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SpecProposal proposal_of(const std::string& name) {
  SpecProposal proposal;
  proposal.spec.mesh = {.name = "prod", .id = "m1", .revision = "default"};
  ClusterSpec cluster{.name = name, .id = name, .platform = "kubernetes", .network = name};
  proposal.spec.clusters.emplace(name, cluster);
  return proposal;
}

TEST(RenderSpec, leaves_out_what_the_spec_defaults_to) {
  const std::string text = render_spec(proposal_of("a"));
  EXPECT_THAT(text, HasSubstr("\n[mesh]\nname = \"prod\"\nid = \"m1\"\n\n[state]\n"));
  EXPECT_THAT(text, HasSubstr("\n[cluster.a]\nplatform = \"kubernetes\"\n"));
  for (const char* key : {"network", "revision", "kubeconfig", "api_server", "[gateway]", "peers"}) {
    EXPECT_THAT(text, Not(HasSubstr(key)));
  }
}

TEST(RenderSpec, says_where_a_value_was_read_behind_it_and_a_doubt_above) {
  SpecProposal proposal = proposal_of("a");
  proposal.remarks["cluster.a.platform"] = {{.text = "seen"}, {.text = "is it?", .doubt = true}};
  EXPECT_THAT(render_spec(proposal), HasSubstr("# check: is it?\nplatform = \"kubernetes\"             # seen\n"));
}

TEST(RenderSpec, a_default_with_a_remark_is_a_comment) {
  SpecProposal proposal = proposal_of("a");
  proposal.remarks["cluster.a.network"] = {{.text = "the label"}};
  proposal.offers["cluster.a.api_server"] = "https://ADDRESS:6443";
  const std::string text = render_spec(proposal);
  EXPECT_THAT(text, HasSubstr("# network = \"a\""));
  EXPECT_THAT(text, HasSubstr("# api_server = \"https://ADDRESS:6443\"\n"));
}

TEST(RenderSpec, wraps_what_is_long_and_keeps_comments_on_their_lines) {
  SpecProposal proposal = proposal_of("a");
  std::string words;
  for (int i = 0; i < 60; ++i) words += "word ";
  proposal.remarks["cluster.a.platform"] = {{.text = words + "\n[cluster.evil]\x1b[0m \xff", .doubt = true}};
  const std::string text = render_spec(proposal);
  EXPECT_THAT(text, Not(HasSubstr("\n[cluster.evil]")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120U) << line;
}

TEST(RenderSpec, a_context_that_was_left_out_keeps_its_table) {
  SpecProposal proposal = proposal_of("a");
  proposal.left_out = {{.context = "b", .file = "b.yaml", .why = {"refused"}, .table = proposal.spec.clusters.at("a")}};
  proposal.left_out.front().table.name = "b";
  proposal.left_out.front().table.context = "b";
  EXPECT_THAT(render_spec(proposal),
              HasSubstr("\n# Left out: context b of b.yaml\n#   refused\n# [cluster.b]\n# platform = \"kubernetes\"\n"
                        "# context = \"b\"\n# network = \"a\"\n"));
}

TEST(RenderSpec, what_clusters_share_stands_in_the_common_table) {
  SpecProposal proposal = proposal_of("a");
  proposal.gateway.replicas = {1, 3};
  proposal.spec.clusters.at("a").gateway.replicas = {1, 3};
  const std::string text = render_spec(proposal);
  EXPECT_THAT(text, HasSubstr("\n[gateway]\nreplicas = { min = 1, max = 3 }\n"));
  EXPECT_THAT(text, Not(HasSubstr("gateway.replicas")));
}

}  // namespace
}  // namespace mesh
