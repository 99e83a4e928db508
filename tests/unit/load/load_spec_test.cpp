#include "engine/load/load_spec.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

Result<Spec> load(const std::string& text) {
  return load_spec({.name = "mesh.toml", .bytes = text, .folder = "/etc/mesh"}, platform::all());
}

/// A spec that must load; a failure shows the first problem.
Spec loaded(const std::string& text) {
  auto spec = load(text);
  if (!spec) {
    const Diagnostic& first = spec.error().front();
    ADD_FAILURE() << to_string(*first.at) << " " << to_string(first.code) << " " << first.cause;
    return {};
  }
  return *std::move(spec);
}

/// The spec of the manual.
const std::string fleet = R"(version = 1

[mesh]
name = "prod"
fleet_project = "acme-fleet"
project_number = 123456789012
ca = "mesh-ca"
revision = "asm-1233-2"

[state]
repo = "mesh-state"
remote = "git@git.acme.example:platform/mesh-state.git"

[gateway]
replicas = { min = 2, max = 5 }
exposure = "public"
source_ranges = []

[cluster.dc1]
platform = "gke-vmware"
kubeconfig = "kubeconfigs/dc1.yaml"
context = "dc1-admin@dc1"
network = "dc1"
gateway.load_balancer_ip = "10.1.2.3"

[cluster.store]
platform = "eks"
kubeconfig = "kubeconfigs/store.yaml"
network = "store-net"
api_server = "https://store-api.acme.example"
discovery.peers = ["dc1"]
protect = true
)";

const std::string plain = "version = 1\n[mesh]\nname = \"m\"\nid = \"mesh1\"\n";

TEST(LoadSpec, reads_the_spec_of_the_manual) {
  const Spec spec = loaded(fleet);
  EXPECT_EQ(spec.mesh, (MeshSpec{.name = "prod",
                                 .id = "proj-123456789012",
                                 .fleet_project = "acme-fleet",
                                 .project_number = 123456789012,
                                 .ca = CertificateAuthority::mesh_ca,
                                 .revision = "asm-1233-2"}));
  EXPECT_EQ(spec.state,
            (StateSpec{.repo = "/etc/mesh/mesh-state", .remote = "git@git.acme.example:platform/mesh-state.git"}));
  EXPECT_THAT(spec.clusters, ElementsAre(Key("dc1"), Key("store")));
  EXPECT_EQ(spec.clusters.at("dc1"), (ClusterSpec{.name = "dc1",
                                                  .id = "cn-acme-fleet-global-dc1",
                                                  .platform = "gke-vmware",
                                                  .kubeconfig = {"/etc/mesh/kubeconfigs/dc1.yaml"},
                                                  .context = "dc1-admin@dc1",
                                                  .network = "dc1",
                                                  .gateway = {.load_balancer_ip = "10.1.2.3"},
                                                  .peers = {"store"},
                                                  .at = {"mesh.toml", 19, 1}}));
  EXPECT_EQ(spec.clusters.at("store"), (ClusterSpec{.name = "store",
                                                    .id = "cn-acme-fleet-global-store",
                                                    .platform = "eks",
                                                    .kubeconfig = {"/etc/mesh/kubeconfigs/store.yaml"},
                                                    .network = "store-net",
                                                    .api_server = "https://store-api.acme.example",
                                                    .peers = {"dc1"},
                                                    .protect = true,
                                                    .at = {"mesh.toml", 26, 1}}));
  EXPECT_EQ(spec.text, fleet);
  EXPECT_EQ(spec.digest, sha256_hex(fleet));
}

TEST(LoadSpec, fills_in_every_default) {
  const Spec spec = loaded(plain + "[cluster.a]\nplatform = \"kubernetes\"\n");
  EXPECT_EQ(spec.mesh, (MeshSpec{.name = "m",
                                 .id = "mesh1",
                                 .ca = CertificateAuthority::istio_ca,
                                 .revision = "default",
                                 .system_namespace = "istio-system"}));
  EXPECT_EQ(spec.state, (StateSpec{.repo = "/etc/mesh/mesh-state"}));
  EXPECT_EQ(spec.clusters.at("a"),
            (ClusterSpec{.name = "a", .id = "a", .platform = "kubernetes", .network = "a", .at = {"mesh.toml", 5, 1}}));
}

TEST(LoadSpec, takes_every_key) {
  const Spec spec = loaded(R"(version = 1
[mesh]
name = "m"
id = "mesh1"
ca = "istio-ca"
revision = "auto"
namespace = "mesh-system"
flat_networks = ["lan"]
local_api_servers = true
[state]
repo = "/var/lib/mesh"
remote = "../mirror.git"
[gateway]
replicas = { min = 3, max = 9 }
exposure = "internal"
source_ranges = ["10.0.0.0/8", "2001:db8::/32"]
[cluster.a]
platform = "kubernetes"
id = "cluster-a"
kubeconfig = ["one.yaml", "/two.yaml"]
network = "lan"
api_server = "https://127.0.0.1:6443"
gateway = { replicas = { max = 4 }, exposure = "public", source_ranges = [], load_balancer_ip = "2001:db8::7" }
discovery = { peers = [] }
[cluster.b]
platform = "kubernetes"
network = "lan"
)");
  EXPECT_EQ(spec.mesh.revision, auto_revision);
  EXPECT_EQ(spec.mesh.system_namespace, "mesh-system");
  EXPECT_EQ(spec.mesh.flat_networks, std::set<std::string>{"lan"});
  EXPECT_TRUE(spec.mesh.local_api_servers);
  EXPECT_EQ(spec.state, (StateSpec{.repo = "/var/lib/mesh", .remote = "/etc/mirror.git"}));
  const ClusterSpec& a = spec.clusters.at("a");
  EXPECT_EQ(a.id, "cluster-a");
  EXPECT_THAT(a.kubeconfig, ElementsAre("/etc/mesh/one.yaml", "/two.yaml"));
  EXPECT_EQ(a.api_server, "https://127.0.0.1:6443");
  EXPECT_EQ(a.gateway, (GatewaySpec{.replicas = {3, 4}, .load_balancer_ip = "2001:db8::7"}));
  EXPECT_THAT(a.peers, IsEmpty());
  const ClusterSpec& b = spec.clusters.at("b");
  EXPECT_EQ(b.gateway,
            (GatewaySpec{
                .replicas = {3, 9}, .exposure = Exposure::internal, .source_ranges = {"10.0.0.0/8", "2001:db8::/32"}}));
  EXPECT_THAT(b.peers, ElementsAre("a"));
}

class LoadSpecEveryPlatform : public ::testing::TestWithParam<std::string> {};

TEST_P(LoadSpecEveryPlatform, loads_with_the_fleet_and_the_plain_mesh) {
  for (const std::string ca : {"mesh-ca", "istio-ca"}) {
    const Spec spec = loaded(
        fmt::format("version = 1\n[mesh]\nname = \"m\"\nfleet_project = \"acme-fleet\"\nproject_number = 1\nca = "
                    "\"{}\"\n[cluster.a]\nplatform = \"{}\"\n",
                    ca, GetParam()));
    EXPECT_EQ(spec.clusters.at("a").platform, GetParam());
  }
  const Spec spec = loaded(plain + fmt::format("[cluster.a]\nplatform = \"{}\"\n", GetParam()));
  EXPECT_EQ(spec.clusters.at("a").platform, GetParam());
}

INSTANTIATE_TEST_SUITE_P(all, LoadSpecEveryPlatform,
                         ::testing::Values("gke-vmware", "gdc-bare-metal", "gke-azure", "gke-aws", "eks", "aks",
                                           "kubernetes"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(LoadSpec, links_any_number_of_clusters) {
  std::string text = plain;
  for (int i = 0; i < 300; ++i) text += fmt::format("[cluster.c{}]\nplatform = \"kubernetes\"\n", i);
  const Spec spec = loaded(text);
  EXPECT_EQ(spec.clusters.size(), 300U);
  for (const auto& [name, cluster] : spec.clusters) {
    EXPECT_EQ(cluster.peers.size(), 299U);
    EXPECT_TRUE(std::is_sorted(cluster.peers.begin(), cluster.peers.end()));
    EXPECT_FALSE(std::binary_search(cluster.peers.begin(), cluster.peers.end(), name));
  }
}

TEST(LoadSpec, keeps_a_remote_that_is_no_path) {
  for (const std::string remote : {"https://git.example/x.git", "ssh://git@git.example/x", "git.example:x/y.git"}) {
    const Spec spec =
        loaded(plain + fmt::format("[state]\nremote = \"{}\"\n[cluster.a]\nplatform = \"eks\"\n", remote));
    EXPECT_EQ(spec.state.remote, remote);
  }
}

TEST(LoadSpec, orders_problems_by_position) {
  const auto spec = load("version = 2\n[cluster.B]\nplatfrom = \"eks\"\n[mesh]\nname = \"é\"\nid = 4\n");
  ASSERT_FALSE(spec.has_value());
  const auto before = [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.at->line, a.at->column) < std::pair(b.at->line, b.at->column);
  };
  EXPECT_TRUE(std::is_sorted(spec.error().begin(), spec.error().end(), before));
  EXPECT_EQ(spec.error().size(), 6U);
}

TEST(LoadSpec, counts_columns_in_bytes) {
  const auto spec = load(plain + "[cluster.a]\nplatform = \"eks\"\nkubeconfig = [\"é\", 2]\n");
  ASSERT_FALSE(spec.has_value());
  EXPECT_EQ(spec.error().front().at, (Position{"mesh.toml", 7, 21}));
}

TEST(LoadSpec, never_repeats_a_credential) {
  const auto spec = load(plain +
                         "[state]\nremote = \"https://me:hunter2@git.example/x\"\n[cluster.a]\nplatform = \"eks\"\n"
                         "api_server = \"https://me:hunter2@api.example\"\n");
  ASSERT_FALSE(spec.has_value());
  EXPECT_EQ(spec.error().size(), 2U);
  for (const Diagnostic& found : spec.error()) {
    EXPECT_EQ(found.cause.find("hunter2"), std::string::npos);
    EXPECT_EQ(found.hint.find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace mesh
