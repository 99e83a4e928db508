#include "providers/istio/verification/probe_mesh.h"

#include <gmock/gmock.h>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_clock.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// A root `O=root` that is valid until 2126.
constexpr const char* root_pem = R"(-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUZuVPUlFiT12rRmtQGpSLb5nBSqMwCgYIKoZIzj0EAwIw
DzENMAsGA1UECgwEcm9vdDAgFw0yNjExMzAwMDMyMTJaGA8yMTI2MTEwNjAwMzIx
MlowDzENMAsGA1UECgwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFLw
hNMfYAEtrA0nlSE8eiRdm66qAkCDPlWn10HrrRAwP0yhFIQC2xVyjaH2Zgd3PIVp
xI1giVPhoTKB6RtjNHCjUzBRMB0GA1UdDgQWBBQtUlNXZRRV9BqSMXnUCwMNtuwu
PzAfBgNVHSMEGDAWgBQtUlNXZRRV9BqSMXnUCwMNtuwuPzAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIHuq8yn8FkXb42MXiTY/76Fi3PS9OpQaJDxz
3Ts480QfAiEA7aT7Bat2VHxpckmicRISrJqDKO3GdwNg2Se+gxj8bJQ=
-----END CERTIFICATE-----
)";

Object object_of(const ObjectId& id, const json& body) {
  Object object;
  object.id = id;
  object.body = body;
  return object;
}

Object service(const std::string& name, const json& selector, const json& labels = json::object()) {
  return object_of({"v1", "Service", "n", name},
                   {{"metadata", {{"labels", labels}}},
                    {"spec", {{"selector", selector}, {"ports", json::array({json{{"port", 80}}})}}}});
}

Object pod(const std::string& ns, const json& labels) {
  return object_of({"v1", "Pod", ns, "p"}, {{"metadata", {{"labels", labels}}}});
}

TEST(ProbeMesh, FindsAServiceWithAnInjectedPod) {
  const std::vector<Object> services = {service("without", nullptr), service("other", {{"app", "x"}}),
                                        service("web", {{"app", "web"}})};
  EXPECT_EQ(find_injected_sni(services, {pod("n", {{"app", "web"}, {"more", "y"}})}),
            "outbound_.80_._.web.n.svc.cluster.local");
  EXPECT_EQ(find_injected_sni(services, {pod("elsewhere", {{"app", "web"}})}), "");
  EXPECT_EQ(find_injected_sni({service("gateway", {{"app", "web"}}, {{"topology.istio.io/network", "n1"}})},
                              {pod("n", {{"app", "web"}})}),
            "");
}

class ProbeMeshWorld : public ::testing::Test {
 protected:
  ProbeMeshWorld() {
    for (const char* name : {"c1", "c2"}) {
      spec_.clusters[name].name = name;
      servers_.add(name, kubernetes::field_schemas());
    }
  }
  void add_gateway(const std::string& cluster, const json& labels) {
    servers_.at(cluster).cluster.update(
        {"v1", "Service", "istio-system", "istio-eastwestgateway"}, "test", [&](json& body) {
          body["metadata"]["labels"] = labels;
          body["spec"]["type"] = "LoadBalancer";
          body["status"]["loadBalancer"]["ingress"] = json::array({json{{"ip", "203.0.113.7"}}});
        });
  }
  Verification probe() {
    const auto dial = [&](const ProbeTarget& target) {
      const std::lock_guard lock(mutex_);
      dialled_.push_back(target.host + ":" + std::to_string(target.port) + " " + target.sni);
      return answer_;
    };
    return probe_mesh(spec_, false, dial, servers_, clock_, {});
  }

  Spec spec_;
  testing::FakeClients servers_;
  testing::FakeClock clock_;
  std::mutex mutex_;
  std::vector<std::string> dialled_;
  ProbeAnswer answer_{.connected = true, .took = std::chrono::milliseconds(3)};
};

TEST_F(ProbeMeshWorld, DialsEveryGatewayAndShowsTheIssuer) {
  for (const char* name : {"c1", "c2"}) add_gateway(name, {});
  answer_.identity = "spiffe://x";
  answer_.chain = {{.key_sha256 = "leaf", .issuer = "CN=i"},
                   {.key_sha256 = "abc", .subject = "CN=i", .issuer = "CN=r", .is_ca = true}};
  const Verification found = probe();
  EXPECT_TRUE(found.passed());
  EXPECT_EQ(dialled_, (std::vector<std::string>(2, "203.0.113.7:15443 ")));
  ASSERT_EQ(found.probes.size(), 2U);
  EXPECT_EQ(found.probes[0], (ProbedGateway{.cluster = "c1",
                                            .address = "203.0.113.7",
                                            .port = 15443,
                                            .connected = true,
                                            .milliseconds = 3,
                                            .identity = "spiffe://x",
                                            .issuer = "CN=i",
                                            .issuer_key = "abc"}));
}

TEST_F(ProbeMeshWorld, FailsWhereACallerDoesNotTrustTheRootBehindTheGateway) {
  clock_.pass(std::chrono::hours(365 * 24));
  spec_.mesh.revision = "default";
  spec_.clusters["c1"].peers = {"c2"};
  for (const char* name : {"c1", "c2"}) {
    add_gateway(name, {});
    servers_.at(name).install_istiod("default", name);
    for (const auto& [map, data] : std::map<std::string, json>{{"istio", {{"mesh", "trustDomain: cluster.local"}}},
                                                               {"istio-ca-root-cert", {{"root-cert.pem", root_pem}}}}) {
      servers_.at(name).cluster.update({"v1", "ConfigMap", "istio-system", map}, "istiod",
                                       [&](json& body) { body["data"] = data; });
    }
  }
  answer_.chain = {{.key_sha256 = "leaf", .subject = "O=leaf", .issuer = "O=other"}};
  const Verification refused = probe();
  EXPECT_FALSE(refused.passed());
  ASSERT_EQ(refused.findings.size(), 1U);
  EXPECT_EQ(refused.findings[0].from, "c1");
  EXPECT_EQ(refused.findings[0].to, "c2");
  EXPECT_EQ(refused.findings[0].fault, PathFault::trust);
  answer_.chain[0].issuer = "O=root";
  EXPECT_TRUE(probe().passed());
}

TEST_F(ProbeMeshWorld, HeedsThePortLabelAndFailsWithoutAConnection) {
  spec_.clusters.erase("c2");
  add_gateway("c1", {{"networking.istio.io/gatewayPort", "443"}});
  answer_ = {.error = "Connection refused"};
  const Verification found = probe();
  EXPECT_FALSE(found.passed());
  EXPECT_EQ(dialled_, std::vector<std::string>{"203.0.113.7:443 "});
  EXPECT_EQ(found.probes[0].error, "Connection refused");
}

TEST_F(ProbeMeshWorld, IsIncompleteWhereNoGatewayIs) {
  add_gateway("c1", {});
  const Verification found = probe();
  EXPECT_TRUE(found.passed());
  EXPECT_FALSE(found.complete());
  EXPECT_EQ(found.clusters[1].error[0].code, Code::not_ready);
}

}  // namespace
}  // namespace mesh::istio
