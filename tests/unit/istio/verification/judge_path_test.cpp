#include "providers/istio/verification/judge_path.h"

#include <gmock/gmock.h>

namespace mesh::istio {
namespace {

using ::testing::HasSubstr;

TEST(JudgePath, ParsesHello) {
  EXPECT_EQ(parse_hello("Hello version: v1, instance: helloworld-v1-abc\n"), (HelloAnswer{"v1", "helloworld-v1-abc"}));
  EXPECT_EQ(parse_hello("upstream connect error"), std::nullopt);
  EXPECT_EQ(parse_hello("Hello version: v1"), std::nullopt);
}

TEST(JudgePath, ParsesEndpointsOfTheOneService) {
  const std::string page =
      "outbound|5000||hello.n.svc.cluster.local::default_priority::max_connections::4294967295\n"
      "outbound|5000||hello.n.svc.cluster.local::10.1.2.3:5000::cx_active::1\n"
      "outbound|5000||hello.n.svc.cluster.local::10.1.2.3:5000::cx_connect_fail::0\n"
      "outbound|5000||hello.n.svc.cluster.local::[fd00::1]:15443::cx_connect_fail::7\n"
      "outbound|5000||hello.other.svc.cluster.local::10.9.9.9:5000::cx_connect_fail::0\n"
      "inbound|5000||::127.0.0.1:5000::cx_connect_fail::0";
  EXPECT_EQ(parse_proxy_endpoints(page, "hello.n.svc.cluster.local"),
            (std::vector<ProxyEndpoint>{{"10.1.2.3", 5000, 0}, {"[fd00::1]", 15443, 7}}));
}

nlohmann::json shards(const std::string& peer_network) {
  const auto entry = [](const std::string& network) {
    return nlohmann::json::array({nlohmann::json{{"Network", network}}});
  };
  nlohmann::json found = {{"hello", {{"n", {{"Shards", {{"Kubernetes/id-a", entry("net-a")}}}}}}}};
  if (!peer_network.empty()) found["hello"]["n"]["Shards"]["Kubernetes/id-b"] = entry(peer_network);
  return found;
}

PathEvidence evidence() {
  return {.from = "a",
          .to = "b",
          .from_id = "id-a",
          .to_id = "id-b",
          .host = "hello",
          .from_pods = {"10.0.0.1"},
          .to_pods = {"10.0.0.2"},
          .gateway_pods = 1};
}

struct Row {
  const char* name;
  std::function<void(PathEvidence&)> change;
  PathFault fault;
  const char* read;
};

class JudgePathRow : public ::testing::TestWithParam<Row> {};

TEST_P(JudgePathRow, NamesTheFault) {
  PathEvidence known = evidence();
  GetParam().change(known);
  const VerificationFinding found = judge_path(known);
  EXPECT_EQ(found.fault, GetParam().fault);
  EXPECT_EQ(found.from, "a");
  EXPECT_THAT(found.read, HasSubstr(GetParam().read));
  EXPECT_FALSE(found.means.empty());
  EXPECT_FALSE(found.do_next.empty());
}

INSTANTIATE_TEST_SUITE_P(Rows, JudgePathRow,
                         ::testing::Values(Row{"caller_not_injected", [](auto& e) { e.from_injected = false; },
                                               PathFault::not_injected, "pods in a"},
                                           Row{"peer_not_injected", [](auto& e) { e.to_injected = false; },
                                               PathFault::not_injected, "pods in b"},
                                           Row{"sidecar_dials_pods",
                                               [](auto& e) {
                                                 e.endpoints = {{"10.0.0.1", 5000, 0}, {"10.0.0.2", 5000, 3}};
                                               },
                                               PathFault::network, "dials 10.0.0.1:5000, 10.0.0.2:5000"},
                                           Row{"one_network_in_istiod", [](auto& e) { e.shards = shards("net-a"); },
                                               PathFault::network, "in the same network `net-a`"},
                                           Row{"not_in_istiod", [](auto& e) { e.shards = shards(""); },
                                               PathFault::not_discovered, "has no endpoints of b"},
                                           Row{"not_in_istiod_but_sidecar_asked",
                                               [](auto& e) {
                                                 e.shards = shards("");
                                                 e.endpoints = {{"10.0.0.1", 5000, 0}};
                                               },
                                               PathFault::not_discovered, "dials 10.0.0.1:5000"},
                                           Row{"sidecar_alone_knows_no_gateway",
                                               [](auto& e) {
                                                 e.endpoints = {{"10.0.0.1", 5000, 0}};
                                               },
                                               PathFault::not_discovered, "istiod of a could not be asked"},
                                           Row{"tls",
                                               [](auto& e) {
                                                 e.shards = shards("net-b");
                                                 e.errors = "TLS_error:|CERTIFICATE_VERIFY_FAILED";
                                               },
                                               PathFault::trust, "CERTIFICATE_VERIFY_FAILED"},
                                           Row{"gateway_without_pods",
                                               [](auto& e) {
                                                 e.shards = shards("net-b");
                                                 e.gateway_pods = 0;
                                               },
                                               PathFault::gateway_not_ready, "no available pod"},
                                           Row{"no_gateway_address",
                                               [](auto& e) {
                                                 e.shards = shards("net-b");
                                                 e.endpoints = {{"10.0.0.1", 5000, 0}};
                                               },
                                               PathFault::no_gateway_address, "has endpoints of b"},
                                           Row{"connections_fail",
                                               [](auto& e) {
                                                 e.shards = shards("net-b");
                                                 e.endpoints = {{"10.0.0.1", 5000, 0}, {"203.0.113.7", 15443, 4}};
                                               },
                                               PathFault::connection, "connections to the gateway fail"},
                                           Row{"nothing_could_be_asked", [](auto& e) { e.gateway_pods = std::nullopt; },
                                               PathFault::unknown,
                                               "could not be asked for its endpoints; istiod of a could not be asked"},
                                           Row{"own_version_is_silent",
                                               [](auto& e) {
                                                 e.to = "a";
                                                 e.errors = "curl: (6) Could not resolve host";
                                               },
                                               PathFault::unknown, "Could not resolve host"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::istio
