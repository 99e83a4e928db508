#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "providers/simulator/objects/fields.h"
#include "tests/unit/simulator/live_bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string system_path = "/api/v1/namespaces/istio-system/";

/// A mesh as a user would build it by hand, on running API servers.
class SimulatorTest : public ::testing::Test {
 protected:
  SimulatorTest() : bed_({"a", "b"}) {
    for (const std::string name : {"a", "b"}) {
      bed_.install(name);
      bed_.pass();
      add_reader(name);
      add_gateway(name);
      bed_.pass();
      for (const json& object : sample_objects("default", {name == "a" ? "v1" : "v2"})) bed_.apply(name, object);
    }
    bed_.pass();
    add_secret("a", "b");
    add_secret("b", "a");
    bed_.pass();
  }

  void add_reader(const std::string& name) {
    bed_.apply(name, json::parse(R"({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
      "metadata": {"name": "reader"}, "rules": [
        {"apiGroups": [""], "resources": ["endpoints", "pods", "services", "nodes", "namespaces", "secrets"],
         "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]}]})"));
    bed_.apply(name, json::parse(R"({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
      "metadata": {"name": "reader"},
      "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"},
      "subjects": [{"kind": "ServiceAccount", "name": "istio-reader-service-account", "namespace": "istio-system"}]})"));
    bed_.apply(name,
               json::parse(R"({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
      "metadata": {"name": "reader-token", "namespace": "istio-system",
                   "annotations": {"kubernetes.io/service-account.name": "istio-reader-service-account"}}})"));
  }

  void add_gateway(const std::string& name) {
    const json labels = {{"app", "istio-eastwestgateway"}, {"istio", "eastwestgateway"}};
    json service = load_balancer_service("istio-eastwestgateway", "istio-system");
    service["metadata"]["labels"] = labels;
    service["metadata"]["labels"]["topology.istio.io/network"] = "net-" + name;
    service["spec"]["selector"] = labels;
    service["spec"]["ports"] =
        json::array({{{"name", "tls"}, {"port", 15443}, {"protocol", "TCP"}, {"targetPort", 15443}}});
    bed_.apply(name, service);
    json deployment = plain_deployment("istio-eastwestgateway", "auto", 1, "istio-system");
    deployment["spec"]["selector"]["matchLabels"] = labels;
    json& pod = deployment["spec"]["template"];
    pod["metadata"]["labels"] = labels;
    pod["metadata"]["labels"]["sidecar.istio.io/inject"] = "true";
    pod["metadata"]["annotations"] = {{"inject.istio.io/templates", "gateway"}};
    pod["spec"]["containers"][0] = {{"name", "istio-proxy"}, {"image", "auto"}};
    bed_.apply(name, deployment);
    bed_.apply(name, json::parse(R"({"apiVersion": "networking.istio.io/v1beta1", "kind": "Gateway",
      "metadata": {"name": "cross-network-gateway", "namespace": "istio-system"},
      "spec": {"selector": {"istio": "eastwestgateway"}, "servers": [{
        "port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"},
        "hosts": ["*.local"]}]}})"));
  }

  void add_secret(const std::string& holder, const std::string& peer, const std::string& proxy = "") {
    const auto token = decoded_data(bed_.get(peer, system_path + "secrets/reader-token"));
    ASSERT_TRUE(token.contains("token"));
    const std::string kubeconfig = fmt::format(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: {}\n{}  name: "
        "x\ncontexts:\n- "
        "context:\n    cluster: x\n    user: x\n  name: x\ncurrent-context: x\nkind: Config\nusers:\n- name: x\n  "
        "user:\n    "
        "token: {}\n",
        base64_encode(token.at("ca.crt")), LiveBed::server(peer), proxy, token.at("token"));
    bed_.apply(holder, {{"apiVersion", "v1"},
                        {"kind", "Secret"},
                        {"metadata",
                         {{"name", "istio-remote-secret-id-" + peer},
                          {"namespace", "istio-system"},
                          {"labels", {{"istio/multiCluster", "true"}}}}},
                        {"data", {{"id-" + peer, base64_encode(kubeconfig)}}}});
  }

  std::set<std::string> broken() {
    std::set<std::string> found;
    const SimulatedClusters clusters = bed_.world().clusters();
    for (const TrafficPath& path : paths(clusters)) {
      if (path.service.name != "helloworld" || path.verdict.reached()) continue;
      found.insert(
          fmt::format("{}>{} {}: {}", path.caller, path.cluster, to_string(path.verdict.broken), path.verdict.reason));
    }
    return found;
  }

  std::string pod_of(const std::string& name, const std::string& ns, const std::string& app) {
    for (const json& pod : bed_.list(name, "/api/v1/namespaces/" + ns + "/pods")) {
      if (label(pod, "app") == app) return name_of(pod);
    }
    return {};
  }

  json debug(const std::string& name, const std::string& page) {
    return json::parse(bed_.api(name)
                           .pods()
                           ->exec("istio-system", pod_of(name, "istio-system", "istiod"), "discovery",
                                  {"pilot-discovery", "request", "GET", "/debug/" + page})
                           .out);
  }

  std::string statuses(const std::string& name) {
    std::string all;
    for (const json& one : debug(name, "clusterz")) all += one["syncStatus"].get<std::string>() + " ";
    return all;
  }

  void restart_istiod(const std::string& name) {
    bed_.remove(name, system_path + "pods/" + pod_of(name, "istio-system", "istiod"));
    bed_.pass();
  }

  LiveBed bed_;
};

TEST_F(SimulatorTest, traffic_crosses) { EXPECT_THAT(broken(), IsEmpty()); }

TEST_F(SimulatorTest, pods_of_the_samples_have_two_containers) {
  const json pod = bed_.get("a", "/api/v1/namespaces/sample/pods/" + pod_of("a", "sample", "helloworld"));
  EXPECT_EQ(items(pod, {"spec", "containers"}).size(), 2);
  EXPECT_EQ(items(pod, {"status", "containerStatuses"}).size(), 2);
  EXPECT_EQ(label(pod, "topology.istio.io/network"), "net-a");
  const json proxy = bed_.get("a", system_path + "pods/" + pod_of("a", "istio-system", "istio-eastwestgateway"));
  EXPECT_EQ(text(proxy["spec"]["containers"][0], {"image"}), "docker.io/istio/proxyv2:1.23.3");
}

TEST_F(SimulatorTest, sleep_asks_hello_of_both_clusters) {
  const auto pods = bed_.api("a").pods();
  std::set<std::string> versions;
  for (int i = 0; i < 4; ++i) {
    const ExecResult result =
        pods->exec("sample", pod_of("a", "sample", "sleep"), "sleep", {"curl", "-sS", "helloworld.sample:5000/hello"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    versions.insert(result.out.substr(0, result.out.find(',')));
  }
  EXPECT_EQ(versions, (std::set<std::string>{"Hello version: v1", "Hello version: v2"}));
}

TEST_F(SimulatorTest, istiod_tells_its_clusters_inside_its_pod_alone) {
  const auto pods = bed_.api("a").pods();
  const std::string istiod = pod_of("a", "istio-system", "istiod");
  const ExecResult inside =
      pods->exec("istio-system", istiod, "discovery", {"pilot-discovery", "request", "GET", "/debug/clusterz"});
  const json clusters = json::parse(inside.out);
  ASSERT_EQ(clusters.size(), 2);
  EXPECT_EQ(clusters[1]["syncStatus"], "synced");
  const auto ask = [&](const char* path) { return pods->proxy("istio-system", istiod, "15014", path); };
  EXPECT_EQ(ask("/debug/clusterz").status, 401);
  EXPECT_THAT(ask("/metrics").body, HasSubstr("istiod_managed_clusters{cluster_type=\"remote\"} 1\n"));
  EXPECT_THAT(ask("/version").body, HasSubstr("1.23.3"));
}

TEST_F(SimulatorTest, an_istiod_that_has_synced_misses_rights_and_tokens_when_it_starts_again) {
  const std::pair<std::string, const char*> breaks[] = {
      {"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/reader",
       "a>b rights: istiod of a does not read b (timeout): its token may not list"},
      {system_path + "secrets/reader-token", "a>b token"}};
  ASSERT_THAT(broken(), IsEmpty());
  for (const auto& [path, expected] : breaks) {
    bed_.remove("b", path);
    bed_.pass(std::chrono::minutes(1));
    EXPECT_EQ(statuses("a"), "synced synced ") << path;
    restart_istiod("a");
    bed_.pass(std::chrono::minutes(1));
    EXPECT_EQ(statuses("a"), "synced timeout ");
    const auto found = broken();
    ASSERT_EQ(found.size(), 1) << path;
    EXPECT_THAT(*found.begin(), HasSubstr(expected));
    add_reader("b");
    bed_.pass();
    add_secret("a", "b");
    bed_.pass();
    ASSERT_THAT(broken(), IsEmpty());
  }
}

TEST_F(SimulatorTest, traffic_goes_on_with_what_is_known_while_an_api_server_is_down) {
  ASSERT_THAT(broken(), IsEmpty());
  bed_.faults().add({.kind = FaultKind::down, .cluster = "b"});
  bed_.pass(std::chrono::minutes(1));
  EXPECT_EQ(statuses("a"), "synced synced ");
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SimulatorTest, a_wrong_token_times_out_while_traffic_goes_on) {
  ASSERT_THAT(broken(), IsEmpty());
  json secret = bed_.get("a", system_path + "secrets/istio-remote-secret-id-b");
  const std::string text = decoded_data(secret).at("id-b");
  secret["data"]["id-b"] = base64_encode(text.substr(0, text.rfind("token: ")) + "token: wrong\n");
  secret["metadata"].erase("managedFields");
  bed_.apply("a", secret);
  bed_.pass();
  EXPECT_EQ(statuses("a"), "synced syncing ");
  EXPECT_THAT(broken(), IsEmpty());
  bed_.pass(std::chrono::minutes(1));
  EXPECT_EQ(statuses("a"), "synced timeout ");
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SimulatorTest, the_label_of_the_system_namespace_says_nothing_of_injected_pods_and_gateways) {
  bed_.apply("b", json::parse(R"({"apiVersion": "v1", "kind": "Namespace",
    "metadata": {"name": "istio-system", "labels": {"topology.istio.io/network": "another"}}})"));
  bed_.pass();
  EXPECT_THAT(broken(), IsEmpty());
  EXPECT_THAT(debug("a", "networkz").dump(), HasSubstr(R"("Network":"net-b")"));
}

TEST_F(SimulatorTest, a_gateway_outlives_its_cluster_until_another_gateway_changes) {
  ASSERT_EQ(debug("a", "networkz").size(), 2);
  bed_.remove("a", system_path + "secrets/istio-remote-secret-id-b");
  bed_.remove("b", system_path + "services/istio-eastwestgateway");
  bed_.pass(std::chrono::minutes(1));
  EXPECT_EQ(debug("a", "clusterz").size(), 1);
  EXPECT_EQ(debug("a", "networkz").size(), 2);
  bed_.remove("a", system_path + "services/istio-eastwestgateway");
  EXPECT_EQ(debug("a", "networkz").size(), 0);
}

TEST_F(SimulatorTest, a_gateway_outlives_its_cluster_until_another_cluster_is_read) {
  ASSERT_EQ(debug("a", "networkz").size(), 2);
  bed_.remove("a", system_path + "secrets/istio-remote-secret-id-b");
  bed_.remove("b", system_path + "services/istio-eastwestgateway");
  const auto down = bed_.faults().add({.kind = FaultKind::down, .cluster = "b"});
  add_secret("a", "b");
  bed_.pass();
  EXPECT_EQ(debug("a", "networkz").size(), 2);
  bed_.faults().remove(*down);
  bed_.pass();
  EXPECT_EQ(debug("a", "networkz").size(), 1);
}

TEST_F(SimulatorTest, another_authority_at_the_front_fails_the_token_s_own) {
  bed_.faults().add({.kind = FaultKind::front, .cluster = "b"});
  bed_.pass();
  add_secret("a", "b");
  restart_istiod("a");
  bed_.pass(std::chrono::minutes(1));
  const auto found = broken();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(*found.begin(), HasSubstr("a>b api_untrusted"));
  bed_.faults().clear();
  bed_.pass();
  add_secret("a", "b");
  bed_.pass();
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SimulatorTest, a_proxy_lets_those_pass_that_name_one) {
  bed_.faults().add({.kind = FaultKind::proxy, .cluster = "b"});
  restart_istiod("a");
  bed_.pass(std::chrono::minutes(1));
  const auto found = broken();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(*found.begin(), HasSubstr("a>b api_unreachable"));
  add_secret("a", "b", "    proxy-url: http://proxy.example:3128\n");
  bed_.pass();
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(SimulatorTest, a_network_that_the_injector_does_not_know_cuts_its_callers_off) {
  bed_.faults().add({.kind = FaultKind::injected_without_network, .cluster = "a", .ns = "sample"});
  for (const char* app : {"sleep", "helloworld"}) {
    bed_.remove("a", "/api/v1/namespaces/sample/pods/" + pod_of("a", "sample", app));
  }
  bed_.pass();
  const auto found = broken();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(*found.begin(), HasSubstr("a>b client_network"));
}

TEST_F(SimulatorTest, removing_the_remote_secret_stops_one_direction) {
  bed_.remove("a", system_path + "secrets/istio-remote-secret-id-b");
  bed_.pass();
  const auto found = broken();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(*found.begin(), HasSubstr("a>b remote_secret"));
}

TEST_F(SimulatorTest, scaling_the_gateway_to_nothing_stops_one_direction) {
  ASSERT_TRUE(bed_.api("b")
                  .call("kubectl", "PATCH",
                        "/apis/apps/v1/namespaces/istio-system/deployments/istio-eastwestgateway/scale",
                        {{"spec", {{"replicas", 0}}}}, "application/merge-patch+json")
                  .ok());
  bed_.pass();
  const auto found = broken();
  ASSERT_EQ(found.size(), 1);
  EXPECT_THAT(*found.begin(), HasSubstr("a>b gateway_pods"));
}

TEST_F(SimulatorTest, an_istiod_that_does_not_hear_keeps_what_it_knew) {
  const auto fault = bed_.faults().add({.kind = FaultKind::istiod_ignores_secret, .cluster = "a"});
  bed_.remove("a", system_path + "secrets/istio-remote-secret-id-b");
  bed_.pass();
  EXPECT_THAT(broken(), IsEmpty());
  bed_.faults().remove(*fault);
  bed_.pass();
  EXPECT_EQ(broken().size(), 1);
}

}  // namespace
}  // namespace mesh::simulator
