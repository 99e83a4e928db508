#include "providers/istio/trust/cluster_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/test_ca.h"

namespace mesh::istio {
namespace {

using mesh::testing::make_test_ca;
using mesh::testing::TestCa;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* ns = "istio-system";

/// A cluster with Istio's own CA and one plugged root, of which everything was read.
struct ReadCluster {
  ReadCluster() {
    state.name = "a";
    state.asked = {secrets_id(ns), reader_role_id(ns)};
    istiod.body = json{{"spec",
                        {{"template",
                          {{"spec",
                            {{"containers", json::array({{{"name", "discovery"},
                                                          {"image", "gcr.io/istio/pilot:1.23.3"},
                                                          {"env", json::array()}}})}}}}}}}};
    roots.body = json{{"data", {{"root-cert.pem", root.certificate}}}};
    add_secret("cacerts", {"ca-cert.pem", "root-cert.pem"});
  }

  void add_secret(const std::string& name, const std::vector<std::string>& keys) {
    Object secret{.id = {"v1", "Secret", ns, name}, .metadata_only = true};
    json fields = json::object();
    for (const std::string& key : keys) fields["f:data"]["f:" + key] = json::object();
    secret.managers = {{.manager = "kubectl", .operation = "Update", .fields = fields}};
    state.found[secret.id] = secret;
  }

  void set_env(const std::string& name, const std::string& value) {
    istiod.body.edit()["spec"]["template"]["spec"]["containers"][0]["env"].push_back(
        {{"name", name}, {"value", value}});
  }
  void set_image(const std::string& image) {
    istiod.body.edit()["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  }

  ClusterTrust trust() const {
    return cluster_trust({.cluster = "a",
                          .system_namespace = ns,
                          .live = &state,
                          .istiod = &istiod,
                          .has_config_maps = has_config_maps,
                          .mesh_config = &config,
                          .injector = &injector,
                          .root_certificates = has_roots ? &roots : nullptr});
  }

  TestCa root = make_test_ca({.organization = "acme", .name = "Root CA"});
  ClusterState state = {};
  Object istiod = {};
  Object roots = {};
  bool has_roots = true;
  bool has_config_maps = true;
  json config = json::object();
  json injector = json::object();
};

TEST(ClusterTrust, OfIstiosOwnCaHasItsRoots) {
  const ClusterTrust trust = ReadCluster().trust();
  EXPECT_EQ(trust.ca, CaType::istio_ca);
  ASSERT_EQ(trust.roots.size(), 1U);
  EXPECT_EQ(trust.roots.front().subject, "CN=Root CA,O=acme");
  EXPECT_EQ(trust.trust_domain, "cluster.local");
  EXPECT_EQ(trust.plugged, Answer::yes);
  EXPECT_FALSE(trust.plugged_unused);
  EXPECT_THAT(trust.unread, IsEmpty());
  EXPECT_EQ(trust.reads_peer_domain, Answer::no);
  EXPECT_EQ(trust.domain_readable, Answer::no);
}

TEST(ClusterTrust, OfAClusterThatWasNotReadIsUnknown) {
  const ClusterTrust trust = cluster_trust({.cluster = "a", .system_namespace = ns});
  EXPECT_EQ(trust.ca, CaType::unknown);
  EXPECT_EQ(trust.trust_domain, "");
  EXPECT_THAT(trust.unread, ElementsAre("the cluster was not read"));
}

TEST(ClusterTrust, WithoutConfigMapsIsUnknown) {
  ReadCluster cluster;
  cluster.has_config_maps = false;
  const ClusterTrust trust = cluster.trust();
  EXPECT_EQ(trust.ca, CaType::unknown);
  EXPECT_THAT(trust.roots, IsEmpty());
  EXPECT_THAT(trust.unread, ElementsAre("ConfigMaps of the system namespace could not be read"));
}

TEST(ClusterTrust, WithoutAMeshConfigurationIsUnknown) {
  ReadCluster cluster;
  cluster.config = json();
  EXPECT_EQ(cluster.trust().ca, CaType::unknown);
  EXPECT_THAT(cluster.trust().unread, ElementsAre("the mesh configuration is missing, or is not a YAML map"));
}

TEST(ClusterTrust, WithoutRootsSaysSo) {
  ReadCluster cluster;
  cluster.has_roots = false;
  EXPECT_THAT(cluster.trust().unread, ElementsAre("ConfigMap istio-ca-root-cert is not there"));
  cluster.has_roots = true;
  cluster.roots.body = json{{"data", {{"root-cert.pem", "hello"}}}};
  EXPECT_THAT(cluster.trust().unread, ElementsAre("ConfigMap istio-ca-root-cert holds text that is not a certificate",
                                                  "ConfigMap istio-ca-root-cert holds no certificate"));
}

struct CaCase {
  std::string name;
  std::string provider;
  std::string address;
  std::string external;
  CaType expected;
  std::string ca_name;
};
class ClusterTrustCa : public ::testing::TestWithParam<CaCase> {};

TEST_P(ClusterTrustCa, IsTold) {
  ReadCluster cluster;
  if (!GetParam().provider.empty())
    cluster.config["defaultConfig"]["proxyMetadata"]["CA_PROVIDER"] = GetParam().provider;
  cluster.injector["global"] = {{"caAddress", GetParam().address}, {"caName", "projects/p/caPools/q"}};
  if (!GetParam().external.empty()) cluster.set_env("EXTERNAL_CA", GetParam().external);
  EXPECT_EQ(cluster.trust().ca, GetParam().expected);
  EXPECT_EQ(cluster.trust().ca_name, GetParam().ca_name);
}

INSTANTIATE_TEST_SUITE_P(
    All, ClusterTrustCa,
    ::testing::Values(
        CaCase{"mesh_ca", "GoogleCA", "meshca.googleapis.com:443", "", CaType::mesh_ca, ""},
        CaCase{"mesh_ca_by_address", "", "meshca.googleapis.com:443", "", CaType::mesh_ca, ""},
        CaCase{"ca_service", "GoogleCAS", "privateca.googleapis.com:443", "", CaType::ca_service,
               "projects/p/caPools/q"},
        CaCase{"workload_certificates", "GkeWorkloadCertificate", "", "", CaType::workload_certificates, ""},
        CaCase{"citadel", "Citadel", "", "", CaType::istio_ca, ""},
        CaCase{"nothing_set", "", "", "", CaType::istio_ca, ""},
        CaCase{"istiod_by_address", "", "istiod-asm-1233-2.istio-system.svc:15012", "", CaType::istio_ca, ""},
        CaCase{"another_address", "Citadel", "istio-csr.cert-manager.svc:443", "", CaType::other,
               "istio-csr.cert-manager.svc:443"},
        CaCase{"registration_authority", "", "", "ISTIOD_RA_KUBERNETES_API", CaType::other,
               "ISTIOD_RA_KUBERNETES_API"}),
    [](const auto& row) { return row.param.name; });

TEST(ClusterTrust, WhereGoogleSignsTheRootsOfIstiodDoNotCount) {
  ReadCluster cluster;
  cluster.config["defaultConfig"]["proxyMetadata"]["CA_PROVIDER"] = "GoogleCA";
  cluster.has_roots = false;
  EXPECT_THAT(cluster.trust().roots, IsEmpty());
  EXPECT_THAT(cluster.trust().unread, IsEmpty());
}

TEST(ClusterTrust, HasTrustDomainAndAliases) {
  ReadCluster cluster;
  cluster.config = {
      {"trustDomain", "acme.example"},
      {"trustDomainAliases", {"old.example"}},
      {"caCertificates", json::array({{{"pem", cluster.root.certificate}, {"trustDomains", {"store"}}}})}};
  cluster.set_env("PILOT_SKIP_VALIDATE_TRUST_DOMAIN", "true");
  const ClusterTrust trust = cluster.trust();
  EXPECT_EQ(trust.trust_domain, "acme.example");
  EXPECT_EQ(trust.aliases, (std::set<std::string>{"old.example"}));
  EXPECT_EQ(trust.client_domains, (std::set<std::string>{"store"}));
  EXPECT_TRUE(trust.any_client_domain);
}

TEST(ClusterTrust, APartOfTheConfigurationMayBeElsewhere) {
  ReadCluster cluster;
  cluster.set_env("SHARED_MESH_CONFIG", "shared");
  EXPECT_EQ(cluster.trust().trust_domain, "");
  EXPECT_THAT(cluster.trust().unread,
              ElementsAre("a part of the mesh configuration is in the ConfigMap of SHARED_MESH_CONFIG"));
  cluster.config["trustDomain"] = "acme.example";
  EXPECT_EQ(cluster.trust().trust_domain, "acme.example");
}

/// A cluster whose mesh configuration adds one root, and where that takes effect.
struct AddingCluster : ReadCluster {
  AddingCluster() {
    config["caCertificates"] = json::array({{{"pem", more.certificate}}});
    config["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"] = "true";
  }
  TestCa more = make_test_ca({.organization = "more"});
};

TEST(ClusterTrust, RootsOfTheMeshConfigurationNeedTwoSwitches) {
  AddingCluster cluster;
  EXPECT_THAT(cluster.trust().added, IsEmpty());
  EXPECT_EQ(cluster.trust().added_unused, "istiod does not have ISTIO_MULTIROOT_MESH=true");
  cluster.set_env("ISTIO_MULTIROOT_MESH", "true");
  ASSERT_EQ(cluster.trust().added.size(), 1U);
  EXPECT_EQ(cluster.trust().added.front().subject, "O=more");
  EXPECT_EQ(cluster.trust().added_unused, "");
  cluster.config["defaultConfig"]["proxyMetadata"].erase("PROXY_CONFIG_XDS_AGENT");
  EXPECT_THAT(cluster.trust().added, IsEmpty());
  EXPECT_EQ(cluster.trust().added_unused, "`defaultConfig.proxyMetadata` does not have PROXY_CONFIG_XDS_AGENT=true");
}

TEST(ClusterTrust, OneEntryThatIsNoCaMakesIstiodRefuseAll) {
  AddingCluster cluster;
  cluster.set_env("ISTIO_MULTIROOT_MESH", "true");
  cluster.config["caCertificates"].push_back({{"pem", make_test_ca({.is_ca = false}).certificate}});
  EXPECT_THAT(cluster.trust().added, IsEmpty());
  EXPECT_EQ(cluster.trust().added_unused,
            "an entry of `caCertificates` is not a CA certificate, so istiod refuses all of them");
}

TEST(ClusterTrust, RootsFromAUrlAreNotKnown) {
  AddingCluster cluster;
  cluster.set_env("ISTIO_MULTIROOT_MESH", "true");
  cluster.config["caCertificates"] = json::array({{{"spiffeBundleUrl", "https://bundle.example"}}});
  EXPECT_TRUE(cluster.trust().more_from_url);
}

TEST(ClusterTrust, SecretsTellByTheirMetadataWhetherACaIsPlugged) {
  ReadCluster cluster;
  cluster.state.found.clear();
  EXPECT_EQ(cluster.trust().plugged, Answer::no);
  cluster.add_secret("cacerts", {"ca-cert.pem", "istio-generated"});
  EXPECT_EQ(cluster.trust().plugged, Answer::no) << "istiod made it itself";
  cluster.state.asked.erase(secrets_id(ns));
  cluster.state.found.clear();
  EXPECT_EQ(cluster.trust().plugged, Answer::unknown);
}

TEST(ClusterTrust, APluggedCaThatIstiodDoesNotUseYet) {
  ReadCluster cluster;
  cluster.add_secret("istio-ca-secret", {"ca-cert.pem"});
  EXPECT_FALSE(cluster.trust().plugged_unused) << "the root is not one of istiod's own";
  cluster.roots.body = json{{"data", {{"root-cert.pem", make_test_ca({.organization = "cluster.local"}).certificate}}}};
  EXPECT_TRUE(cluster.trust().plugged_unused);
  cluster.state.found.erase({"v1", "Secret", ns, "istio-ca-secret"});
  EXPECT_FALSE(cluster.trust().plugged_unused);
}

struct VersionCase {
  std::string name;
  std::string image;
  Answer expected;
};
class ClusterTrustVersion : public ::testing::TestWithParam<VersionCase> {};

TEST_P(ClusterTrustVersion, TellsWhetherIstiodReadsPeers) {
  ReadCluster cluster;
  cluster.set_image(GetParam().image);
  EXPECT_EQ(cluster.trust().reads_peer_domain, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, ClusterTrustVersion,
                         ::testing::Values(VersionCase{"old", "docker.io/istio/pilot:1.23.3", Answer::no},
                                           VersionCase{"asm", "gcr.io/gke-release/asm/pilot:1.28.0-asm.2", Answer::no},
                                           VersionCase{"new", "docker.io/istio/pilot:1.29.0", Answer::yes},
                                           VersionCase{"newer", "registry:5000/pilot:1.31-alpha", Answer::yes},
                                           VersionCase{"no_tag", "registry:5000/pilot", Answer::unknown},
                                           VersionCase{"no_version", "docker.io/istio/pilot:latest", Answer::unknown},
                                           VersionCase{"cut", "docker.io/istio/pilot:1.", Answer::unknown}),
                         [](const auto& row) { return row.param.name; });

TEST(ClusterTrust, TheReadersRoleTellsWhetherPeersMayReadTheDomain) {
  ReadCluster cluster;
  Object role{.id = reader_role_id(ns)};
  role.body = json{{"rules", json::array({{{"resources", {"pods", "configmaps"}}}})}};
  cluster.state.found[role.id] = role;
  EXPECT_EQ(cluster.trust().domain_readable, Answer::yes);
  cluster.state.found.erase(role.id);
  cluster.state.unreadable[role.id] = {};
  EXPECT_EQ(cluster.trust().domain_readable, Answer::unknown);
}

}  // namespace
}  // namespace mesh::istio
