#include "providers/istio/checks/trust_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "engine/base/time.h"
#include "providers/istio/checks/run_checks.h"
#include "providers/istio/desired/names.h"
#include "tests/support/test_ca.h"

namespace mesh::istio {
namespace {

using mesh::testing::make_test_ca;
using mesh::testing::TestCa;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* ns = "istio-system";
constexpr long day = 24L * 3600;

const std::set<std::string> trust_ids = {"trust-roots-differ", "trust-one-way",     "trust-not-known",
                                         "root-expired",       "root-expires-soon", "root-certificate",
                                         "root-bundle-unused", "plugged-ca-unused"};

/// Clusters that discover each other, with a plugged CA below one root, and all ConfigMaps read.
struct TrustChecks : ::testing::Test {
  TrustChecks() {
    spec.mesh.revision = default_revision;
    for (const std::string name : {"a", "b"}) add_cluster(name, root.certificate);
  }

  void add_cluster(const std::string& name, const std::string& roots) {
    ClusterSpec& cluster = spec.clusters[name];
    cluster.name = cluster.id = cluster.network = name;
    for (auto& [peer, of_peer] : spec.clusters) {
      if (peer == name) continue;
      cluster.peers.push_back(peer);
      of_peer.peers.push_back(name);
    }
    ClusterState& state = live.clusters[name];
    state.name = name;
    state.asked = {secrets_id(ns), reader_role_id(ns)};
    const ObjectId istiod{"apps/v1", "Deployment", ns, "istiod"};
    state.found[istiod] = {
        .id = istiod,
        .body =
            json::parse(R"({"metadata": {"name": "istiod", "labels": {"app": "istiod"}}, "spec": {"template": {"spec":
          {"containers": [{"image": "docker.io/istio/pilot:1.23.3", "env": [{"name": "CLUSTER_ID", "value": ")" +
                        name + R"("}]}]}}}})")};
    set_map(name, "istio", "mesh", "trustDomain: cluster.local\n");
    set_map(name, "istio-sidecar-injector", "values", R"({"global": {}})");
    set_map(name, "istio-ca-root-cert", "root-cert.pem", roots);
    add_secret(name, "cacerts");
  }

  void add_secret(const std::string& cluster, const std::string& name) {
    const ObjectId id{"v1", "Secret", ns, name};
    live.clusters[cluster].found[id] = {.id = id, .metadata_only = true};
  }

  void set_map(const std::string& cluster, const std::string& name, const std::string& key, const std::string& text) {
    std::vector<Object>& maps = readings[cluster].lists[name_of(Topic::config_maps)].objects;
    std::erase_if(maps, [&](const Object& map) { return map.id.name == name; });
    maps.push_back({.id = {"v1", "ConfigMap", ns, name}, .body = json{{"data", {{key, text}}}}});
  }
  void set_roots(const std::string& cluster, const std::string& pem) {
    set_map(cluster, "istio-ca-root-cert", "root-cert.pem", pem);
  }
  void set_env(const std::string& cluster, const std::string& name, const std::string& value) {
    Object& istiod = live.clusters[cluster].found[{"apps/v1", "Deployment", ns, "istiod"}];
    istiod.body.edit()["spec"]["template"]["spec"]["containers"][0]["env"].push_back(
        {{"name", name}, {"value", value}});
  }

  CheckReport run(CheckDepth depth = CheckDepth::everything) {
    return run_checks({.spec = spec,
                       .platforms = platforms,
                       .live = live,
                       .readings = readings,
                       .depth = depth,
                       .now = rfc3339(std::chrono::system_clock::now())});
  }
  /// Those about trust: `error trust-roots-differ a b`.
  std::vector<std::string> found(CheckDepth depth = CheckDepth::everything) {
    report = run(depth);
    std::vector<std::string> lines;
    for (const Finding& one : report.findings) {
      if (trust_ids.contains(one.id))
        lines.push_back(to_string(one.severity) + " " + one.id + " " + one.cluster + " " + one.peer);
    }
    return lines;
  }
  Finding finding(const std::string& id) {
    for (const Finding& one : report.findings) {
      if (one.id == id) return one;
    }
    return {};
  }

  Spec spec;
  PlatformSet platforms;
  LiveState live;
  std::map<std::string, CheckReading> readings;
  CheckReport report;
  const TestCa root = make_test_ca({.organization = "acme", .name = "Root CA"});
  const TestCa other = make_test_ca({.organization = "shop", .name = "Root CA"});
};

TEST_F(TrustChecks, NothingFiresOnOneRoot) {
  EXPECT_THAT(found(), IsEmpty());
  ASSERT_EQ(report.trust.edges.size(), 2U);
  EXPECT_EQ(report.trust.edges.front().verdict, TrustVerdict::works);
  EXPECT_EQ(report.trust.groups.size(), 1U);
}

TEST_F(TrustChecks, TwoRootsAreOneErrorPerPairOfGroups) {
  add_cluster("c", other.certificate);
  EXPECT_THAT(found(), ElementsAre("error trust-roots-differ a c"));
  const Finding one = finding("trust-roots-differ");
  EXPECT_THAT(one.read, HasSubstr("CN=Root CA,O=acme (key sha256 "));
  EXPECT_THAT(one.read, HasSubstr("2 pairs of clusters in all"));
  EXPECT_THAT(one.hint, HasSubstr("in c add CN=Root CA,O=acme"));
  EXPECT_THAT(one.hint, HasSubstr("`root-cert.pem` of Secret cacerts"));
  EXPECT_THAT(found(CheckDepth::plan), ElementsAre("error trust-roots-differ a c"));
}

TEST_F(TrustChecks, BundlesOfBothRootsMendThat) {
  set_roots("a", root.certificate + other.certificate);
  set_roots("b", other.certificate + root.certificate);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(TrustChecks, WithoutAPluggedCaTheRootIsAddedToTheMeshConfiguration) {
  live.clusters["a"].found.erase({"v1", "Secret", ns, "cacerts"});
  set_roots("b", other.certificate);
  EXPECT_THAT(found(), ElementsAre("error trust-roots-differ a b"));
  EXPECT_THAT(finding("trust-roots-differ").hint, HasSubstr("in a add CN=Root CA,O=shop"));
  EXPECT_THAT(finding("trust-roots-differ").hint, HasSubstr("to meshConfig.caCertificates"));
}

TEST_F(TrustChecks, AnExpiredRoot) {
  const std::string gone =
      make_test_ca(
          {.organization = "acme", .name = "Root CA", .valid_from = -2 * day, .valid_until = -day, .key_of = &root})
          .certificate;
  set_roots("a", gone);
  EXPECT_THAT(found(), ElementsAre("error trust-roots-differ a b", "error root-expired a "));
  set_roots("a", gone + root.certificate);
  EXPECT_THAT(found(), ElementsAre("error root-expired a "));
}

TEST_F(TrustChecks, ARootThatExpiresSoon) {
  set_roots(
      "b",
      make_test_ca({.organization = "acme", .name = "Root CA", .valid_until = 80 * day, .key_of = &root}).certificate);
  EXPECT_THAT(found(), ElementsAre("warning root-expires-soon b "));
  set_roots(
      "b",
      make_test_ca({.organization = "acme", .name = "Root CA", .valid_until = 100 * day, .key_of = &root}).certificate);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(TrustChecks, AnIntermediateInPlaceOfTheRoot) {
  set_roots("b", make_test_ca({.organization = "acme", .name = "Intermediate CA", .issuer = &root}).certificate);
  EXPECT_THAT(found(), ElementsAre("warning trust-not-known a b", "warning root-certificate b "));
  EXPECT_THAT(finding("root-certificate").read, HasSubstr("was issued by CN=Root CA,O=acme"));
}

TEST_F(TrustChecks, ACertificateThatIsNoCa) {
  set_roots("b", root.certificate + make_test_ca({.organization = "leaf", .is_ca = false}).certificate);
  EXPECT_THAT(found(), ElementsAre("warning root-certificate b "));
}

TEST_F(TrustChecks, RootsOfTheMeshConfigurationThatHaveNoEffect) {
  std::string pem = "  ";
  for (const char c : other.certificate) pem += c == '\n' ? std::string("\n    ") : std::string(1, c);
  set_map("a", "istio", "mesh", "trustDomain: cluster.local\ncaCertificates:\n- pem: |\n  " + pem + "\n");
  EXPECT_THAT(found(), ElementsAre("warning root-bundle-unused a "));
  EXPECT_EQ(finding("root-bundle-unused").read, "istiod does not have ISTIO_MULTIROOT_MESH=true");
}

TEST_F(TrustChecks, APluggedCaThatCameAfterIstiod) {
  const TestCa own = make_test_ca({.organization = "cluster.local"});
  set_roots("a", own.certificate);
  add_secret("a", "istio-ca-secret");
  EXPECT_THAT(found(), ElementsAre("error trust-roots-differ a b", "warning plugged-ca-unused a "));
}

TEST_F(TrustChecks, TrustDomainsThatLetTrafficCrossOneWay) {
  set_map("a", "istio", "mesh", "trustDomain: a.example\ntrustDomainAliases: [b.example]\n");
  set_map("b", "istio", "mesh", "trustDomain: b.example\n");
  set_env("b", "PILOT_SKIP_VALIDATE_TRUST_DOMAIN", "true");
  EXPECT_THAT(found(), ElementsAre("warning trust-one-way a b"));
}

TEST_F(TrustChecks, ARootThatIsMissing) {
  std::erase_if(readings["b"].lists[name_of(Topic::config_maps)].objects,
                [](const Object& map) { return map.id.name == "istio-ca-root-cert"; });
  EXPECT_THAT(found(), ElementsAre("warning trust-not-known a b"));
  EXPECT_EQ(finding("trust-not-known").read, "b: ConfigMap istio-ca-root-cert is not there");
}

TEST_F(TrustChecks, WhatCouldNotBeReadIsSaidOnce) {
  readings["b"].lists[name_of(Topic::config_maps)] = {.why = {{.code = Code::forbidden, .summary = "no right"}}};
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(report.trust.edges.front().verdict, TrustVerdict::unknown);
  EXPECT_FALSE(report.complete);
}

TEST_F(TrustChecks, AClusterThatDoesNotAnswerIsUnknown) {
  live.clusters["b"].reading = Unreachable{};
  EXPECT_THAT(found(), IsEmpty());
  ASSERT_EQ(report.trust.edges.size(), 2U);
  EXPECT_EQ(report.trust.edges.front().verdict, TrustVerdict::unknown);
  EXPECT_EQ(report.trust.edges.front().reason, "b: the cluster was not read");
}

TEST_F(TrustChecks, NoValueOfASecretIsNeeded) {
  for (const auto& [id, object] : live.clusters["a"].found) {
    if (id.kind == "Secret") {
      EXPECT_TRUE(object.metadata_only);
    }
  }
  EXPECT_EQ(run().trust.clusters.front().plugged, Answer::yes);
}

}  // namespace
}  // namespace mesh::istio
