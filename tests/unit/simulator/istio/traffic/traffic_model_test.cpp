#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/base/digest.h"
#include "tests/unit/simulator/bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* system_space = "istio-system";
constexpr const char* gateway = "istio-eastwestgateway";

TEST(TrafficModelTest, everything_reaches_everything) {
  const Bed bed;
  EXPECT_THAT(bed.broken(), ::testing::IsEmpty());
  EXPECT_EQ(bed.verdict("a", "b").reason, "a goes through the gateway at 198.18.2.1:15443 to b");
  EXPECT_EQ(bed.verdict("a", "a").reason, "a reaches its own pod");
}

/// One thing is broken; these paths stop for that reason, and no other.
struct Break {
  const char* name;
  std::function<void(Bed&)> act;
  std::set<std::string> stops;
};
std::ostream& operator<<(std::ostream& out, const Break& one) { return out << one.name; }

void put_kubeconfig(Bed& bed, const std::string& cluster, const std::string& peer, const std::string& kubeconfig) {
  bed.edit(cluster, resource::secrets, system_space, "istio-remote-secret-id-" + peer,
           [&](json& secret) { secret["data"]["id-" + peer] = base64_encode(kubeconfig); });
}

void edit_mesh(Bed& bed, const std::string& cluster, const std::string& more) {
  bed.edit(cluster, resource::config_maps, system_space, "istio",
           [&](json& map) { map["data"]["mesh"] = map["data"]["mesh"].get<std::string>() + more; });
}

json peer_authentication(const std::string& ns, const std::string& mode) {
  return {{"apiVersion", "security.istio.io/v1"},
          {"kind", "PeerAuthentication"},
          {"metadata", {{"name", "default"}, {"namespace", ns}}},
          {"spec", {{"mtls", {{"mode", mode}}}}}};
}

class TrafficModelBreakTest : public ::testing::TestWithParam<Break> {};

TEST_P(TrafficModelBreakTest, stops_these_paths_only) {
  Bed bed;
  GetParam().act(bed);
  EXPECT_EQ(bed.broken(), GetParam().stops);
}

const Break secret_breaks[] = {
    {"no_remote_secret",
     [](Bed& b) { b.objects("a").remove(resource::secrets, system_space, "istio-remote-secret-id-b"); },
     {"a>b remote_secret"}},
    {"secret_without_its_label",
     [](Bed& b) {
       b.edit("a", resource::secrets, system_space, "istio-remote-secret-id-b",
              [](json& s) { s["metadata"].erase("labels"); });
     },
     {"a>b remote_secret"}},
    {"malformed_kubeconfig", [](Bed& b) { put_kubeconfig(b, "a", "b", "{"); }, {"a>b refused_secret"}},
    {"kubeconfig_with_exec",
     [](Bed& b) {
       std::string text = b.kubeconfig(b.server("b"), "token-b");
       put_kubeconfig(b, "a", "b", text + "    exec:\n      command: aws\n");
     },
     {"a>b refused_secret"}},
    {"own_id_as_key",
     [](Bed& b) {
       b.edit("a", resource::secrets, system_space, "istio-remote-secret-id-b", [](json& s) {
         s["data"] = {{"id-a", s["data"]["id-b"]}};
       });
     },
     {"a>b remote_secret"}},
    {"server_of_another",
     [](Bed& b) { put_kubeconfig(b, "a", "b", b.kubeconfig(b.server("c"), "token-c")); },
     {"a>b wrong_server"}},
    {"server_unknown",
     [](Bed& b) { put_kubeconfig(b, "a", "b", b.kubeconfig("https://127.0.0.1:1", "token-b")); },
     {"a>b api_unreachable"}},
    {"token_wrong", [](Bed& b) { put_kubeconfig(b, "a", "b", b.kubeconfig(b.server("b"), "token-c")); }, {"a>b token"}},
    {"api_down",
     [](Bed& b) { b.api["* b"] = ApiProbe::Answer::unreachable; },
     {"a>b api_unreachable", "c>b api_unreachable"}},
    {"api_certificate", [](Bed& b) { b.api["a b"] = ApiProbe::Answer::untrusted; }, {"a>b api_untrusted"}},
    {"rights_missing", [](Bed& b) { b.api["* b"] = ApiProbe::Answer::forbidden; }, {"a>b rights", "c>b rights"}},
};
INSTANTIATE_TEST_SUITE_P(Secrets, TrafficModelBreakTest, ::testing::ValuesIn(secret_breaks),
                         [](const auto& row) { return row.param.name; });

const Break network_breaks[] = {
    {"client_has_no_network",
     [](Bed& b) {
       b.settings("a").network = "";
       b.reinstall("a");
       b.edit("a", resource::namespaces, "", system_space,
              [](json& n) { n["metadata"]["labels"]["topology.istio.io/network"] = "net-a"; });
     },
     {"a>b client_network", "a>c client_network"}},
    {"namespace_label_missing",
     [](Bed& b) {
       b.edit("b", resource::namespaces, "", system_space, [](json& n) { n["metadata"].erase("labels"); });
     },
     {"a>b endpoint_network", "c>b endpoint_network"}},
    {"namespace_label_of_another_network",
     [](Bed& b) {
       b.edit("b", resource::namespaces, "", system_space,
              [](json& n) { n["metadata"]["labels"]["topology.istio.io/network"] = "net-x"; });
     },
     {"a>b gateway_unknown", "c>b gateway_unknown"}},
    {"same_network_twice",
     [](Bed& b) {
       b.settings("b").network = "net-a";
       b.reinstall("b");
       b.edit("b", resource::services, system_space, gateway,
              [](json& s) { s["metadata"]["labels"]["topology.istio.io/network"] = "net-a"; });
     },
     // c sees two gateways of one network; each cluster's own goes first, but b's pods see no network but net-b.
     {"a>b same_network", "b>a same_network", "c>b gateway_view"}},
    {"gateway_without_label",
     [](Bed& b) {
       b.edit("b", resource::services, system_space, gateway,
              [](json& s) { s["metadata"]["labels"].erase("topology.istio.io/network"); });
     },
     {"a>b gateway_unknown", "c>b gateway_unknown"}},
    {"gateway_without_address",
     [](Bed& b) { b.edit("b", resource::services, system_space, gateway, [](json& s) { s.erase("status"); }); },
     {"a>b gateway_unknown", "c>b gateway_unknown"}},
    {"gateway_behind_an_address_of_nobody",
     [](Bed& b) {
       b.edit("b", resource::services, system_space, gateway,
              [](json& s) { s["metadata"]["labels"].erase("topology.istio.io/network"); });
       b.edit("a", resource::config_maps, system_space, "istio", [](json& m) {
         m["data"]["meshNetworks"] =
             "networks:\n  net-b:\n    endpoints:\n    - fromRegistry: id-b\n    gateways:\n    - address: "
             "203.0.113.7\n      port: 15443\n";
       });
     },
     {"a>b gateway_address", "c>b gateway_unknown"}},
    {"gateway_port_not_declared",
     [](Bed& b) {
       b.edit("b", resource::services, system_space, gateway, [](json& s) { s["spec"]["ports"][0]["port"] = 443; });
     },
     {"a>b gateway_unknown", "c>b gateway_unknown"}},
    {"source_ranges",
     [](Bed& b) {
       b.edit("b", resource::services, system_space, gateway,
              [](json& s) { s["spec"]["loadBalancerSourceRanges"] = {"192.168.1.0/24"}; });
     },
     {"c>b source_ranges"}},
    {"no_gateway_pod",
     [](Bed& b) { b.objects("b").remove(resource::pods, system_space, "gateway-b"); },
     {"a>b gateway_pods", "c>b gateway_pods"}},
    {"gateway_pod_sees_another_network",
     [](Bed& b) {
       b.edit("b", resource::pods, system_space, "gateway-b",
              [](json& p) { p["spec"]["containers"][0]["env"][0]["value"] = "net-x"; });
     },
     {"a>b gateway_view", "c>b gateway_view"}},
};
INSTANTIATE_TEST_SUITE_P(Networks, TrafficModelBreakTest, ::testing::ValuesIn(network_breaks),
                         [](const auto& row) { return row.param.name; });

const Break exposure_breaks[] = {
    {"no_gateway_resource",
     [](Bed& b) { b.objects("b").remove(resource::gateways, system_space, "cross-network-gateway"); },
     {"a>b exposure", "c>b exposure"}},
    {"tls_is_ended",
     [](Bed& b) {
       b.edit("b", resource::gateways, system_space, "cross-network-gateway",
              [](json& g) { g["spec"]["servers"][0]["tls"]["mode"] = "PASSTHROUGH"; });
     },
     {"a>b exposure", "c>b exposure"}},
    {"hosts_of_others",
     [](Bed& b) {
       b.edit("b", resource::gateways, system_space, "cross-network-gateway",
              [](json& g) { g["spec"]["servers"][0]["hosts"] = {"*.other.svc.cluster.local"}; });
     },
     {"a>b exposure", "c>b exposure"}},
    {"selector_of_others",
     [](Bed& b) {
       b.edit("b", resource::gateways, system_space, "cross-network-gateway",
              [](json& g) { g["spec"]["selector"]["istio"] = "ingressgateway"; });
     },
     {"a>b exposure", "c>b exposure"}},
    {"overlapping_hosts",
     [](Bed& b) {
       json second = *b.objects("b").get(resource::gateways, system_space, "cross-network-gateway");
       second["metadata"]["name"] = "second";
       second["spec"]["servers"][0]["hosts"] = {"*.svc.cluster.local"};
       b.objects("b").put(second);
     },
     {"a>b listener", "c>b listener"}},
    {"overlapping_hosts_that_came_after_the_gateway_s_pod",
     [](Bed& b) {
       // The first one came after the pod as well.
       b.edit("b", resource::gateways, system_space, "cross-network-gateway",
              [](json& g) { g["metadata"]["creationTimestamp"] = "2026-11-22T12:00:00Z"; });
       json second = *b.objects("b").get(resource::gateways, system_space, "cross-network-gateway");
       second["metadata"]["name"] = "second";
       second["metadata"]["creationTimestamp"] = "2026-11-22T13:00:00Z";
       second["spec"]["servers"][0]["hosts"] = {"*.svc.cluster.local"};
       b.objects("b").put(second);
     },
     {}},
};
INSTANTIATE_TEST_SUITE_P(Exposure, TrafficModelBreakTest, ::testing::ValuesIn(exposure_breaks),
                         [](const auto& row) { return row.param.name; });

const Break trust_breaks[] = {
    {"another_root",
     [](Bed& b) {
       b.settings("b").plugged = make_root("other");
       b.reinstall("b");
     },
     {"a>b roots", "b>a roots", "b>c roots", "c>b roots"}},
    {"root_not_given_to_workloads",
     [](Bed& b) {
       b.edit("b", resource::config_maps, "sample", "istio-ca-root-cert",
              [](json& m) { m["data"]["root-cert.pem"] = make_root("old").root; });
     },
     {"a>b roots", "b>a roots", "b>b roots", "b>c roots", "c>b roots"}},
    {"another_kind_of_authority",
     [](Bed& b) {
       b.settings("b").ca = CertificateAuthority::mesh_ca;
       b.reinstall("b");
     },
     {"a>b roots", "b>a roots", "b>c roots", "c>b roots"}},
    {"another_trust_domain",
     [](Bed& b) {
       b.settings("b").trust_domain = "other.example";
       b.reinstall("b");
     },
     {"a>b trust_domain", "b>a trust_domain", "b>c trust_domain", "c>b trust_domain"}},
    {"alias_on_one_side_only",
     [](Bed& b) {
       b.settings("b").trust_domain = "other.example";
       b.settings("b").trust_aliases = {"cluster.local"};
       b.settings("a").trust_aliases = {"other.example"};
       b.reinstall("a");
       b.reinstall("b");
     },
     {"b>c trust_domain", "c>b trust_domain"}},
};
INSTANTIATE_TEST_SUITE_P(Trust, TrafficModelBreakTest, ::testing::ValuesIn(trust_breaks),
                         [](const auto& row) { return row.param.name; });

const Break service_breaks[] = {
    {"no_stub_service",
     [](Bed& b) { b.objects("a").remove(resource::services, "sample", "helloworld"); },
     // Its own pods are behind no name either, and its gateway knows no such Service.
     {"a>a service", "a>b service", "a>c service", "b>a gateway_view", "c>a gateway_view"}},
    {"cluster_local",
     [](Bed& b) {
       edit_mesh(b, "a",
                 "serviceSettings:\n- settings:\n    clusterLocal: true\n  hosts: ['*.sample.svc.cluster.local']\n");
     },
     {"a>b cluster_local", "a>c cluster_local"}},
    {"internal_traffic_policy",
     [](Bed& b) {
       b.edit("a", resource::services, "sample", "helloworld",
              [](json& s) { s["spec"]["internalTrafficPolicy"] = "Local"; });
     },
     {"a>b cluster_local", "a>c cluster_local"}},
    {"headless",
     [](Bed& b) {
       b.edit("a", resource::services, "sample", "helloworld", [](json& s) { s["spec"]["clusterIP"] = "None"; });
     },
     {"a>b headless", "a>c headless"}},
    {"discovery_selectors_hide_the_namespace",
     [](Bed& b) {
       b.edit("b", resource::namespaces, "", "sample", [](json& n) { n["metadata"]["labels"] = json::object(); });
       b.edit("b", resource::namespaces, "", system_space,
              [](json& n) { n["metadata"]["labels"]["istio-injection"] = "enabled"; });
       edit_mesh(b, "a", "discoverySelectors:\n- matchLabels:\n    istio-injection: enabled\n");
     },
     {"a>b discovery", "a>c endpoint_network"}},
    {"port_name_differs",
     [](Bed& b) {
       b.edit("b", resource::slices, "sample", "helloworld-x", [](json& s) { s["ports"][0]["name"] = "web"; });
     },
     {"a>b port", "b>b port", "c>b port"}},
    {"pod_not_ready",
     [](Bed& b) {
       b.edit("b", resource::slices, "sample", "helloworld-x",
              [](json& s) { s["endpoints"][0]["conditions"]["ready"] = false; });
     },
     {"a>b readiness", "b>b readiness", "c>b readiness"}},
    {"pod_without_sidecar",
     [](Bed& b) {
       b.edit("b", resource::pods, "sample", "hello-b",
              [](json& p) { p["metadata"]["labels"].erase("security.istio.io/tlsMode"); });
     },
     {"a>b plaintext", "c>b plaintext"}},
    {"caller_without_sidecar",
     [](Bed& b) {
       b.edit("a", resource::pods, "sample", "sleep-a",
              [](json& p) { p["metadata"]["labels"].erase("security.istio.io/tlsMode"); });
     },
     {"a>b sidecar", "a>c sidecar"}},
    {"mutual_tls_off_at_the_caller",
     [](Bed& b) { b.objects("a").put(peer_authentication("sample", "DISABLE")); },
     // The gateway of a passes mutual TLS to pods that take none any more.
     {"a>b plaintext", "a>c plaintext", "b>a plaintext", "c>a plaintext"}},
    {"destination_rule_without_tls",
     [](Bed& b) {
       b.objects("a").put(json::parse(R"({"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
         "metadata": {"name": "x", "namespace": "sample"},
         "spec": {"host": "helloworld.sample.svc.cluster.local", "trafficPolicy": {"tls": {"mode": "DISABLE"}}}})"));
     },
     {"a>b plaintext", "a>c plaintext"}},
    {"strict_and_plain_caller",
     [](Bed& b) {
       b.objects("a").put(peer_authentication(system_space, "STRICT"));
       b.edit("a", resource::pods, "sample", "sleep-a",
              [](json& p) { p["metadata"]["labels"].erase("security.istio.io/tlsMode"); });
     },
     {"a>a strict_mode", "a>b sidecar", "a>c sidecar"}},
    {"nothing_listens",
     [](Bed& b) {
       b.edit("b", resource::pods, "sample", "hello-b", [](json& p) {
         p["spec"]["containers"][0]["image"] = "pause";
         p["spec"]["containers"][0].erase("ports");
       });
     },
     {"a>b program", "b>b program", "c>b program"}},
    {"no_control_plane",
     [](Bed& b) { b.objects("a").remove(resource::deployments, system_space, "istiod"); },
     {"a>a control_plane", "a>b control_plane", "a>c control_plane", "b>a gateway_view", "c>a gateway_view"}},
};
INSTANTIATE_TEST_SUITE_P(Services, TrafficModelBreakTest, ::testing::ValuesIn(service_breaks),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::simulator
