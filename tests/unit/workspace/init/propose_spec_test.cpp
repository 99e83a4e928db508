#include "engine/workspace/init/propose_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/load/load_spec.h"
#include "engine/render/render_diagnostics.h"
#include "engine/render/render_spec.h"
#include "providers/platform/platforms.h"
#include "tests/unit/workspace/init/init_case.h"

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Worlds of chance, most of them broken in some way.
class WorldGenerator {
 public:
  explicit WorldGenerator(unsigned seed) : random_(seed) {}

  json world() {
    json contexts = json::array();
    const std::size_t count = 1 + below(5);
    for (std::size_t i = 0; i < count; ++i) contexts.push_back(context());
    return {{"mesh", chance(80) ? "" : "prod"}, {"contexts", contexts}};
  }

 private:
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string any_text() {
    return pick({"a",
                 "b",
                 "c1",
                 "default",
                 "",
                 "UPPER",
                 "a.b_c",
                 "Kubernetes",
                 "x\"y\\z",
                 "ü",
                 "#",
                 "a\nb",
                 "\x1b[0m",
                 "cn-acme-fleet-global-a",
                 "proj-123456789012",
                 "proj-x",
                 "acme-fleet.svc.id.goog",
                 "1.2.3.4",
                 std::string(70, 'y'),
                 "~/x",
                 "'",
                 "]"});
  }

  json context() {
    json one = {{"context", any_text()},
                {"kubeconfig", any_text()},
                {"only", chance(50)},
                {"server", pick({"https://10.0.0.1", "https://127.0.0.1:1", "", "https://x.eks.amazonaws.com"})},
                {"login", pick({"", "aws eks get-token", "kubelogin"})},
                {"uid", pick({"1", "2", "3", "4", "5", "6", ""})}};
    if (chance(5)) one["unreachable"] = any_text();
    one["istio"] = json::array();
    for (std::size_t i = below(3); i < 3 && chance(90); ++i) one["istio"].push_back(istio());
    if (chance(50)) one["gateway"] = gateway();
    one["remote_secrets"] = json::array();
    for (std::size_t i = below(3); i > 0; --i) one["remote_secrets"].push_back(any_text());
    if (chance(50)) one["objects"] = json::array({node()});
    return one;
  }
  json istio() {
    json made = {{"revision", pick({"default", "asm-1233-2", "r2", "Bad_Rev"})}};
    for (const char* key : {"cluster_id", "network", "label"}) {
      if (chance(70)) made[key] = any_text();
    }
    // These stand in YAML.
    if (chance(70)) made["mesh_id"] = pick({"m1", "proj-123456789012", "'a b'"});
    if (chance(50)) made["trust_domain"] = pick({"cluster.local", "acme-fleet.svc.id.goog", "x.svc.id.goog"});
    made["ca_provider"] = pick({"", "GoogleCA", "GoogleCAS", "Citadel", "Other"});
    if (chance(10)) made["ns"] = "other-system";
    return made;
  }
  json gateway() {
    json made = {{"network", any_text()}, {"type", pick({"LoadBalancer", "NodePort", "ClusterIP"})}};
    if (chance(40)) made["ip"] = any_text();
    if (chance(40)) made["load_balancer_ip"] = any_text();
    if (chance(40)) made["source_ranges"] = json::array({pick({"10.0.0.0/8", "10.0.0.1/8", "x", " 10.0.0.0/8"})});
    if (chance(60)) made["min"] = static_cast<int>(below(3000)) - 5;
    if (chance(60)) made["max"] = static_cast<int>(below(3000)) - 5;
    if (chance(40)) made["replicas"] = static_cast<int>(below(3000)) - 5;
    if (chance(40)) {
      made["annotations"] = {{pick({"service.beta.kubernetes.io/aws-load-balancer-internal",
                                    "service.beta.kubernetes.io/azure-load-balancer-internal",
                                    "service.beta.kubernetes.io/aws-load-balancer-type"}),
                              pick({"true", "false", "nlb"})}};
    }
    if (chance(30)) {
      made["labels"] = {{"app.kubernetes.io/managed-by", "mesh"},
                        {"mesh-engine.dev/mesh", pick({"prod", "test", "Bad"})}};
    }
    return made;
  }
  json node() {
    json labels = json::object();
    if (chance(50)) {
      labels[pick({"eks.amazonaws.com/x", "kubernetes.azure.com/x", "node.openshift.io/x", "onprem.gke.io/x"})] = "x";
    }
    return {{"apiVersion", "v1"},
            {"kind", "Node"},
            {"metadata", {{"name", "n"}, {"labels", labels}}},
            {"spec", {{"providerID", pick({"aws:///x", "azure:///x", "baremetal://x", "gce://x", "\x1b[0m"})}}}};
  }

  std::mt19937 random_;
};

TEST(ProposeSpec, whatever_the_world_the_text_is_a_spec_that_says_the_same) {
  int proposals = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const auto world = testing::read_init_case(WorldGenerator(seed).world());
    const auto proposed = propose_spec(world.found, world.mesh_name, platform::all());
    if (!proposed) {
      ASSERT_EQ(proposed.error().front().code, Code::no_clusters) << "seed " << seed;
      continue;
    }
    ++proposals;
    const std::string text = render_spec(proposed->proposal);
    const auto loaded = load_spec({.name = "mesh.toml", .bytes = text, .folder = ""}, platform::all());
    ASSERT_TRUE(loaded) << "seed " << seed << "\n" << text << render_diagnostics(loaded.error(), Color::off);
    Spec expected = proposed->proposal.spec;
    ASSERT_EQ(loaded->clusters.size(), expected.clusters.size()) << "seed " << seed << "\n" << text;
    for (const auto& [name, cluster] : loaded->clusters) {
      ClusterSpec& meant = expected.clusters.at(name);
      meant.at = cluster.at;
      for (auto& file : meant.kubeconfig) file = file.lexically_normal();
      ASSERT_EQ(cluster, meant) << "seed " << seed << "\n" << text;
    }
    expected.mesh.id = loaded->mesh.id;
    ASSERT_EQ(loaded->mesh, expected.mesh) << "seed " << seed << "\n" << text;
  }
  EXPECT_GT(proposals, 500);
}

TEST(ProposeSpec, without_a_cluster_there_is_no_spec_and_every_reason_is_told) {
  const auto world = testing::read_init_case(
      {{"contexts", json::array({{{"context", "a"}, {"unreachable", "refused"}}, {{"context", "b"}}})}});
  const auto proposed = propose_spec(world.found, "", platform::all());
  ASSERT_FALSE(proposed);
  const std::string text = render_diagnostics(proposed.error(), Color::off);
  EXPECT_THAT(text, HasSubstr("no_clusters"));
  EXPECT_THAT(text, HasSubstr("refused"));
  EXPECT_THAT(text, HasSubstr("context b"));
  EXPECT_EQ(propose_spec({}, "", platform::all()).error().front().code, Code::no_clusters);
}

}  // namespace
}  // namespace mesh
