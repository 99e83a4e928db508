#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "providers/simulator/istio/traffic/networks.h"
#include "tests/unit/simulator/bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string kubeconfig(const std::string& user, const std::string& server = "https://b.example") {
  return "apiVersion: v1\nkind: Config\nclusters:\n- name: x\n  cluster:\n    server: " + server +
         "\ncontexts:\n- name: x\n  context:\n    cluster: x\n    user: x\ncurrent-context: x\nusers:\n- name: x\n  "
         "user:\n" +
         user;
}

struct AuthCase {
  const char* name;
  const char* user;
  std::set<std::string> allowed;
  /// Empty: accepted.
  const char* refused;
};
std::ostream& operator<<(std::ostream& out, const AuthCase& one) { return out << one.name; }

class CredentialTest : public ::testing::TestWithParam<AuthCase> {};

TEST_P(CredentialTest, istiod_takes_it_or_not) {
  const auto found = read_kubeconfig(kubeconfig(GetParam().user), GetParam().allowed);
  const auto* refusal = std::get_if<Refusal>(&found);
  EXPECT_EQ(refusal == nullptr ? "" : refusal->why, GetParam().refused);
}

const AuthCase auth_cases[] = {
    {"token", "    token: abc\n", {}, ""},
    {"password", "    username: a\n    password: b\n", {}, ""},
    {"client_certificate_data", "    client-certificate-data: QQ==\n    client-key-data: QQ==\n", {}, ""},
    {"oidc", "    auth-provider:\n      name: oidc\n", {}, ""},
    {"exec", "    exec:\n      command: aws\n", {}, "`exec` is not allowed in its kubeconfig"},
    {"exec_allowed", "    exec:\n      command: aws\n", {"exec"}, ""},
    {"key_file", "    client-key: /k\n", {}, "`client-key` is not allowed in its kubeconfig"},
    {"token_file", "    tokenFile: /t\n", {}, "`tokenFile` is not allowed in its kubeconfig"},
    {"gcp", "    auth-provider:\n      name: gcp\n", {}, "the auth provider `gcp` is not allowed in its kubeconfig"},
    {"gcp_allowed", "    auth-provider:\n      name: gcp\n", {"gcp"}, ""},
};
INSTANTIATE_TEST_SUITE_P(Users, CredentialTest, ::testing::ValuesIn(auth_cases),
                         [](const auto& row) { return row.param.name; });

TEST(IstiodMemory, key_that_another_secret_serves_is_ignored_even_when_that_one_goes) {
  IstiodMemory memory;
  const SecretRules rules{.own_id = "a"};
  const std::string one = kubeconfig("    token: one\n");
  EXPECT_THAT(take_secret(memory, rules, "istio-system/one", {{"b", one}}), ElementsAre("b"));
  EXPECT_THAT(take_secret(memory, rules, "istio-system/two", {{"b", one}}), IsEmpty());
  EXPECT_EQ(memory.refused.at("istio-system/two b"), "Secret istio-system/one serves that key already");
  drop_secret(memory, rules, "istio-system/one");
  EXPECT_THAT(memory.clusters, IsEmpty());
  // Touched, it is looked at again.
  EXPECT_THAT(take_secret(memory, rules, "istio-system/two", {{"b", one}}), ElementsAre("b"));
}

TEST(IstiodMemory, equal_content_is_skipped_and_other_content_builds_anew) {
  IstiodMemory memory;
  const SecretRules rules{.own_id = "a"};
  const std::string one = kubeconfig("    token: one\n");
  take_secret(memory, rules, "s", {{"b", one}});
  EXPECT_THAT(take_secret(memory, rules, "s", {{"b", one}}), IsEmpty());
  EXPECT_THAT(take_secret(memory, rules, "s", {{"b", kubeconfig("    token: two\n")}}), ElementsAre("b"));
  EXPECT_EQ(memory.clusters.at("b").credential.token, "two");
}

TEST(IstiodMemory, a_bad_update_leaves_the_client_that_was_there) {
  IstiodMemory memory;
  const SecretRules rules{.own_id = "a"};
  take_secret(memory, rules, "s", {{"b", kubeconfig("    token: one\n")}});
  EXPECT_THAT(take_secret(memory, rules, "s", {{"b", "no kubeconfig"}}), IsEmpty());
  EXPECT_EQ(memory.refused.at("s b"), "its kubeconfig is malformed");
  EXPECT_EQ(memory.clusters.at("b").credential.token, "one");
  take_secret(memory, rules, "s", {{"b", kubeconfig("    token: two\n")}});
  EXPECT_THAT(memory.refused, IsEmpty());
}

TEST(IstiodMemory, a_new_client_begins_with_what_the_one_before_knew) {
  IstiodMemory memory;
  const SecretRules rules{.own_id = "a"};
  take_secret(memory, rules, "s", {{"b", kubeconfig("    token: one\n")}});
  memory.clusters.at("b").synced = true;
  memory.clusters.at("b").known = "b";
  take_secret(memory, rules, "s", {{"b", kubeconfig("    token: two\n")}});
  EXPECT_FALSE(memory.clusters.at("b").synced);
  EXPECT_EQ(memory.clusters.at("b").known, "b");
}

TEST(IstiodMemory, a_key_that_leaves_the_secret_goes_and_its_own_id_never_comes) {
  IstiodMemory memory;
  const SecretRules rules{.own_id = "a"};
  const std::string text = kubeconfig("    token: one\n");
  take_secret(memory, rules, "s", {{"a", text}, {"b", text}, {"c", text}});
  EXPECT_EQ(memory.clusters.size(), 2);
  EXPECT_EQ(memory.refused.at("s a"), "its key is the cluster's own id");
  take_secret(memory, rules, "s", {{"c", text}});
  EXPECT_EQ(memory.clusters.size(), 1);
}

/// How a Service becomes a gateway (istio-facts 3).
struct GatewayCase {
  const char* name;
  const char* change;  // a merge patch of the gateway Service of b
  std::vector<std::string> addresses;
};
std::ostream& operator<<(std::ostream& out, const GatewayCase& one) { return out << one.name; }

class NetworksGatewayTest : public ::testing::TestWithParam<GatewayCase> {};

TEST_P(NetworksGatewayTest, addresses_as_istiod_finds_them) {
  Bed bed;
  bed.edit("b", resource::services, "istio-system", "istio-eastwestgateway",
           [](json& service) { service.merge_patch(json::parse(GetParam().change)); });
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  std::vector<std::string> found;
  for (const NetworkGateway& gateway : model.view("a")->gateways) {
    if (gateway.network == "net-b") found.push_back(gateway.address + ":" + std::to_string(gateway.port));
  }
  EXPECT_EQ(found, GetParam().addresses);
}

const GatewayCase gateway_cases[] = {
    {"ip", "{}", {"198.18.2.1:15443"}},
    {"two_ips",
     R"({"status": {"loadBalancer": {"ingress": [{"ip": "198.18.2.1"}, {"ip": "198.18.2.2"}]}}})",
     {"198.18.2.1:15443", "198.18.2.2:15443"}},
    {"ip_before_hostname",
     R"({"status": {"loadBalancer": {"ingress": [{"ip": "198.18.2.1", "hostname": "x.example"}]}}})",
     {"198.18.2.1:15443"}},
    {"external_ips_are_added", R"({"spec": {"externalIPs": ["192.0.2.9"]}})", {"198.18.2.1:15443", "192.0.2.9:15443"}},
    {"port_by_label",
     R"({"metadata": {"labels": {"networking.istio.io/gatewayPort": "443"}}, "spec": {"ports": [{"port": 443}]}})",
     {"198.18.2.1:443"}},
    {"port_that_the_service_does_not_have",
     R"({"metadata": {"labels": {"networking.istio.io/gatewayPort": "443"}}})",
     {}},
    {"port_by_annotation_is_ignored",
     R"({"metadata": {"annotations": {"networking.istio.io/gatewayPort": "443"}}})",
     {"198.18.2.1:15443"}},
    {"node_port_without_annotation", R"({"spec": {"type": "NodePort"}})", {}},
    {"node_port_with_annotation",
     R"({"metadata": {"annotations": {"traffic.istio.io/nodeSelector": "{}"}}, "spec": {"type": "NodePort"}})",
     {"198.51.100.2:31443"}},
    {"node_port_of_no_such_node",
     R"({"metadata": {"annotations": {"traffic.istio.io/nodeSelector": "{\"x\":\"y\"}"}}, "spec": {"type": "NodePort"}})",
     {}},
    {"node_port_without_annotation_but_external_ip",
     R"({"spec": {"type": "NodePort", "externalIPs": ["192.0.2.9"]}})",
     {"192.0.2.9:15443"}},
};
INSTANTIATE_TEST_SUITE_P(Services, NetworksGatewayTest, ::testing::ValuesIn(gateway_cases),
                         [](const auto& row) { return row.param.name; });

TEST(NetworksHostNames, host_names_are_resolved_by_istiod) {
  Bed bed;
  bed.edit("b", resource::services, "istio-system", "istio-eastwestgateway", [](json& service) {
    service["status"]["loadBalancer"]["ingress"] = json::array({{{"hostname", "b.elb.example.com"}}});
  });
  EXPECT_THAT(bed.broken(), IsEmpty());
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  int zones = 0;
  for (const NetworkGateway& gateway : model.view("a")->gateways) {
    if (gateway.network != "net-b") continue;
    ++zones;
    EXPECT_EQ(gateway.hostname, "b.elb.example.com");
    EXPECT_TRUE(in_range(gateway.address, "198.19.0.0/16")) << gateway.address;
  }
  EXPECT_EQ(zones, 2);
}

TEST(NetworksHostNames, host_names_stay_unknown_where_resolving_is_off) {
  Bed bed;
  bed.edit("b", resource::services, "istio-system", "istio-eastwestgateway", [](json& service) {
    service["status"]["loadBalancer"]["ingress"] = json::array({{{"hostname", "b.elb.example.com"}}});
  });
  bed.edit("a", resource::deployments, "istio-system", "istiod", [](json& deployment) {
    deployment["spec"]["template"]["spec"]["containers"][0]["env"].push_back(
        {{"name", "RESOLVE_HOSTNAME_GATEWAYS"}, {"value", "false"}});
  });
  EXPECT_THAT(bed.broken(), ElementsAre("a>b gateway_unknown"));
}

TEST(Networks, mesh_networks_say_it_where_no_label_does) {
  Bed bed;
  bed.edit("b", resource::namespaces, "", "istio-system", [](json& home) { home["metadata"].erase("labels"); });
  bed.edit("a", resource::config_maps, "istio-system", "istio", [](json& map) {
    map["data"]["meshNetworks"] = "networks:\n  net-b:\n    endpoints:\n    - fromRegistry: id-b\n    gateways: []\n";
  });
  EXPECT_THAT(bed.broken(), ElementsAre("c>b endpoint_network"));
}

TEST(Networks, clusters_of_one_underlay_reach_each_others_pods) {
  Bed bed;
  for (const char* name : {"a", "b"}) {
    bed.underlay[name] = "dc";
    bed.settings(name).network = "flat";
    bed.reinstall(name);
    bed.edit(name, resource::services, "istio-system", "istio-eastwestgateway",
             [](json& service) { service["metadata"]["labels"]["topology.istio.io/network"] = "flat"; });
    bed.edit(name, resource::pods, "istio-system", std::string("gateway-") + name,
             [](json& pod) { pod["spec"]["containers"][0]["env"][0]["value"] = "flat"; });
  }
  EXPECT_THAT(bed.broken(), IsEmpty());
  EXPECT_THAT(bed.verdict("a", "b").reason, ::testing::StartsWith("a dials pod address 10.101."));
}

TEST(Addresses, addresses_in_ranges) {
  EXPECT_TRUE(in_range("10.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(in_range("10.1.2.3", "0.0.0.0/0"));
  EXPECT_FALSE(in_range("11.1.2.3", "10.0.0.0/8"));
  EXPECT_FALSE(in_range("10.1.2", "10.0.0.0/8"));
  EXPECT_FALSE(in_range("10.1.2.3", "10.0.0.0/33"));
  EXPECT_FALSE(in_range("10.1.2.3", "10.0.0.0"));
}

}  // namespace
}  // namespace mesh::simulator
