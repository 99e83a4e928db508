#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "providers/simulator/objects/fields.h"
#include "tests/unit/simulator/live_bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* deployment_path = "/apis/apps/v1/namespaces/default/deployments/web";
constexpr const char* pods_path = "/api/v1/namespaces/default/pods";
constexpr const char* service_path = "/api/v1/namespaces/default/services/web";

std::string condition(const json& object, const std::string& type, const char* field) {
  for (const json& one : items(object, {"status", "conditions"})) {
    if (text(one, {"type"}) == type) return text(one, {field});
  }
  return "none";
}

TEST(Controllers, deployment_becomes_available) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "nginx", 3));
  bed.pass(milliseconds(60));
  EXPECT_EQ(condition(bed.get("a", deployment_path), "Available", "status"), "False");
  bed.pass();
  const json web = bed.get("a", deployment_path);
  EXPECT_EQ(condition(web, "Available", "reason"), "MinimumReplicasAvailable");
  EXPECT_EQ(condition(web, "Progressing", "reason"), "NewReplicaSetAvailable");
  EXPECT_EQ(number(web, {"status", "availableReplicas"}), 3);
  EXPECT_EQ(number(web, {"status", "updatedReplicas"}), 3);
  EXPECT_EQ(number(web, {"status", "observedGeneration"}), number(web, {"metadata", "generation"}));
  EXPECT_EQ(annotation(web, "deployment.kubernetes.io/revision"), "1");
  const auto pods = bed.list("a", pods_path);
  ASSERT_EQ(pods.size(), 3);
  const auto sets = bed.list("a", "/apis/apps/v1/namespaces/default/replicasets");
  ASSERT_EQ(sets.size(), 1);
  EXPECT_TRUE(name_of(sets[0]).starts_with("web-"));
  for (const json& pod : pods) {
    EXPECT_TRUE(name_of(pod).starts_with(name_of(sets[0]) + "-"));
    EXPECT_TRUE(is_ready(pod));
    EXPECT_EQ(label(pod, "pod-template-hash"), label(sets[0], "pod-template-hash"));
    EXPECT_TRUE(text(pod, {"status", "podIP"}).starts_with("10.1."));
  }
}

TEST(Controllers, nothing_is_left_to_do_when_all_is_quiet) {
  LiveBed bed;
  bed.install("a");
  bed.pass(std::chrono::hours(1));
  EXPECT_EQ(bed.world().run_due(), std::nullopt);
  const std::string version = text(bed.get("a", "/api/v1/namespaces"), {"metadata", "resourceVersion"});
  bed.pass(std::chrono::hours(1));
  EXPECT_EQ(text(bed.get("a", "/api/v1/namespaces"), {"metadata", "resourceVersion"}), version);
}

TEST(Controllers, rollout_replaces_pods_without_going_below_the_least) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "nginx:1", 4));
  bed.pass();
  bed.apply("a", plain_deployment("web", "nginx:2", 4));
  for (int i = 0; i < 400; ++i) {
    bed.pass(milliseconds(5));
    const json web = bed.get("a", deployment_path);
    ASSERT_GE(number(web, {"status", "availableReplicas"}), 3) << "after " << i * 5 << " ms";
    ASSERT_LE(number(web, {"status", "replicas"}), 5);
  }
  const json web = bed.get("a", deployment_path);
  EXPECT_EQ(number(web, {"status", "updatedReplicas"}), 4);
  EXPECT_EQ(number(web, {"status", "replicas"}), 4);
  EXPECT_EQ(annotation(web, "deployment.kubernetes.io/revision"), "2");
  for (const json& pod : bed.list("a", pods_path)) {
    EXPECT_EQ(text(pod["spec"]["containers"][0], {"image"}), "nginx:2");
  }
}

TEST(Controllers, scaling_down_and_removal_take_pods_away) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "nginx", 3));
  bed.pass();
  bed.apply("a", plain_deployment("web", "nginx", 1));
  bed.pass();
  EXPECT_EQ(bed.list("a", pods_path).size(), 1);
  bed.remove("a", deployment_path);
  bed.pass();
  EXPECT_THAT(bed.list("a", pods_path), ::testing::IsEmpty());
  EXPECT_THAT(bed.list("a", "/apis/apps/v1/namespaces/default/replicasets"), ::testing::IsEmpty());
}

TEST(Controllers, a_lost_pod_is_made_again) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "nginx", 1));
  bed.pass();
  const std::string first = name_of(bed.list("a", pods_path).at(0));
  bed.remove("a", std::string(pods_path) + "/" + first);
  bed.pass();
  const auto pods = bed.list("a", pods_path);
  ASSERT_EQ(pods.size(), 1);
  EXPECT_NE(name_of(pods[0]), first);
}

TEST(Controllers, an_image_that_is_not_injected_never_starts) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "auto", 1));
  bed.pass();
  json web = bed.get("a", deployment_path);
  EXPECT_EQ(condition(web, "Available", "status"), "False");
  const json pod = bed.list("a", pods_path).at(0);
  EXPECT_EQ(text(pod, {"status", "phase"}), "Pending");
  EXPECT_EQ(text(pod["status"]["containerStatuses"][0], {"state", "waiting", "reason"}), "ErrImagePull");
  bed.pass(std::chrono::minutes(11));
  web = bed.get("a", deployment_path);
  EXPECT_EQ(condition(web, "Progressing", "reason"), "ProgressDeadlineExceeded");
}

TEST(Controllers, a_pod_made_by_hand_is_injected_as_well) {
  LiveBed bed;
  bed.install("a");
  bed.pass();
  const auto run = [&](const std::string& ns, const std::string& name) {
    const json pod = {{"apiVersion", "v1"},
                      {"kind", "Pod"},
                      {"metadata", {{"name", name}, {"namespace", ns}, {"labels", {{"app", "web"}}}}},
                      {"spec", {{"containers", json::array({{{"name", "web"}, {"image", "nginx"}}})}}}};
    return bed.api().call("kubectl", "POST", "/api/v1/namespaces/" + ns + "/pods", pod);
  };
  for (const auto& [ns, labels] :
       {std::pair("meshed", json{{"istio-injection", "enabled"}}), std::pair("plain", json::object())}) {
    bed.apply("a", {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}, {"labels", labels}}}});
  }
  const json meshed = run("meshed", "web").body;
  ASSERT_EQ(items(meshed, {"spec", "containers"}).size(), 2) << meshed;
  EXPECT_EQ(text(meshed["spec"]["containers"][1], {"name"}), "istio-proxy");
  EXPECT_EQ(text(meshed["spec"]["containers"][1], {"terminationMessagePolicy"}), "File");
  EXPECT_EQ(label(meshed, "security.istio.io/tlsMode"), "istio");
  EXPECT_EQ(label(meshed, "topology.istio.io/network"), "net-a");
  EXPECT_EQ(items(run("plain", "web").body, {"spec", "containers"}).size(), 1);
  bed.remove("a", "/apis/apps/v1/namespaces/istio-system/deployments/istiod");
  bed.pass(std::chrono::minutes(1));
  const CallResult refused = run("meshed", "later");
  EXPECT_EQ(refused.status, 500);
  EXPECT_THAT(text(refused.body, {"message"}),
              ::testing::HasSubstr("Internal error occurred: failed calling webhook \"namespace.sidecar-injector"));
  EXPECT_EQ(run("plain", "later").status, 201);
}

TEST(Controllers, load_balancer_gets_an_address_after_its_delay) {
  LiveBed bed;
  bed.apply("a", load_balancer_service("web"));
  bed.pass(milliseconds(150));
  EXPECT_THAT(items(bed.get("a", service_path), {"status", "loadBalancer", "ingress"}), ::testing::IsEmpty());
  bed.pass();
  const json web = bed.get("a", service_path);
  EXPECT_EQ(text(web["status"]["loadBalancer"]["ingress"][0], {"ip"}), "198.18.1.1");
  const json& managers = web["metadata"]["managedFields"];
  EXPECT_TRUE(std::any_of(managers.begin(), managers.end(), [](const json& one) {
    return text(one, {"manager"}) == "cloud-controller-manager" && text(one, {"subresource"}) == "status";
  }));
}

TEST(Controllers, load_balancer_has_a_host_name_where_the_platform_says_so) {
  Platform platform;
  platform.address = LoadBalancerAddress::hostname;
  LiveBed bed({"a"}, platform);
  bed.apply("a", load_balancer_service("web"));
  bed.pass();
  EXPECT_TRUE(text(bed.get("a", service_path)["status"]["loadBalancer"]["ingress"][0], {"hostname"})
                  .ends_with(".a.elb.example.com"));
}

TEST(Controllers, load_balancer_without_an_address_until_the_fault_is_gone) {
  LiveBed bed;
  const auto fault = bed.faults().add({.kind = FaultKind::no_load_balancer, .name = "web"});
  bed.apply("a", load_balancer_service("web"));
  bed.apply("a", load_balancer_service("other"));
  bed.pass();
  EXPECT_THAT(items(bed.get("a", service_path), {"status", "loadBalancer", "ingress"}), ::testing::IsEmpty());
  EXPECT_EQ(
      items(bed.get("a", "/api/v1/namespaces/default/services/other"), {"status", "loadBalancer", "ingress"}).size(),
      1);
  bed.faults().remove(*fault);
  bed.pass();
  EXPECT_EQ(items(bed.get("a", service_path), {"status", "loadBalancer", "ingress"}).size(), 1);
}

TEST(Controllers, address_that_was_asked_for) {
  Platform platform;
  platform.load_balancer_ip = true;
  LiveBed bed({"a"}, platform);
  json service = load_balancer_service("web");
  service["spec"]["loadBalancerIP"] = "10.1.2.3";
  bed.apply("a", service);
  bed.pass();
  EXPECT_EQ(text(bed.get("a", service_path)["status"]["loadBalancer"]["ingress"][0], {"ip"}), "10.1.2.3");
}

/// What a load balancer's address is made of.
struct AddressCase {
  const char* name;
  /// Of providers/platform.
  const char* platform;
  /// A merge patch of the Service.
  const char* service;
  /// The beginning of the ingress; empty: there is none.
  const char* ingress;
};
std::ostream& operator<<(std::ostream& out, const AddressCase& one) { return out << one.name; }

/// The platforms as providers/platform has them, as far as load balancers go: the simulator knows no provider.
Platform platform_named(const std::string& name) {
  const std::string aws = "service.beta.kubernetes.io/aws-load-balancer-";
  Platform platform;
  platform.name = name;
  platform.address = LoadBalancerAddress::ip;
  platform.load_balancer_ip = true;
  if (name == "eks") {
    platform.address = LoadBalancerAddress::hostname;
    platform.public_annotations = {{aws + "type", "nlb"}, {aws + "scheme", "internet-facing"}};
    platform.internal_annotations = {{aws + "type", "nlb"}, {aws + "scheme", "internal"}, {aws + "internal", "true"}};
    platform.load_balancer_ip = false;
  } else if (name == "aks") {
    platform.internal_annotations = {{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"}};
  }
  return platform;
}

class LoadBalancerTest : public ::testing::TestWithParam<AddressCase> {};

TEST_P(LoadBalancerTest, address_as_the_platform_gives_it) {
  LiveBed bed({"a"}, platform_named(GetParam().platform));
  json service = load_balancer_service("web");
  service.merge_patch(json::parse(GetParam().service));
  bed.apply("a", service);
  bed.pass();
  const json made = bed.get("a", service_path);
  const json& ingress = items(made, {"status", "loadBalancer", "ingress"});
  const std::string found = ingress.empty() ? "" : text(ingress[0], {"ip"}) + text(ingress[0], {"hostname"});
  EXPECT_TRUE(found.starts_with(GetParam().ingress) && found.empty() == std::string(GetParam().ingress).empty())
      << found;
}

const AddressCase address_cases[] = {
    {"public", "aks", "{}", "198.18.1."},
    {"class_of_no_controller", "aks", R"({"spec": {"loadBalancerClass": "example.com/own"}})", ""},
    {"class_of_no_controller_here", "kubernetes", R"({"spec": {"loadBalancerClass": "eks.amazonaws.com/nlb"}})", ""},
    {"class_of_a_controller", "eks", R"({"spec": {"loadBalancerClass": "eks.amazonaws.com/nlb"}})", "a"},
    {"internal_on_azure", "aks",
     R"({"metadata": {"annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}}})",
     "172.20.1."},
    {"internal_of_another_platform", "kubernetes",
     R"({"metadata": {"annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}}})",
     "198.18.1."},
    {"public_on_aws", "eks",
     R"({"metadata": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"}}})", "a"},
    {"internal_on_aws", "eks",
     R"({"metadata": {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}}})",
     "internal-a"},
    {"metallb_fixed", "kubernetes", R"({"metadata": {"annotations": {"metallb.io/loadBalancerIPs": "10.1.2.3"}}})",
     "10.1.2.3"},
    {"metallb_fixed_by_its_old_name", "gke-vmware",
     R"({"metadata": {"annotations": {"metallb.universe.tf/loadBalancerIPs": "10.1.2.3,10.1.2.4"}}})", "10.1.2.3"},
    {"metallb_refuses_both_ways", "kubernetes",
     R"({"metadata": {"annotations": {"metallb.io/loadBalancerIPs": "10.1.2.3"}},
         "spec": {"loadBalancerIP": "10.1.2.4"}})",
     ""},
    {"azure_fixed", "aks",
     R"({"metadata": {"annotations": {"service.beta.kubernetes.io/azure-load-balancer-ipv4": "10.1.2.3"}},
         "spec": {"loadBalancerIP": "10.1.2.4"}})",
     "10.1.2.3"},
    {"azure_ignores_metallb", "aks", R"({"metadata": {"annotations": {"metallb.io/loadBalancerIPs": "10.1.2.3"}}})",
     "198.18.1."},
    {"aws_ignores_an_address", "eks", R"({"spec": {"loadBalancerIP": "10.1.2.3"}})", "a"},
};
INSTANTIATE_TEST_SUITE_P(Platforms, LoadBalancerTest, ::testing::ValuesIn(address_cases),
                         [](const auto& row) { return row.param.name; });

TEST(Controllers, an_address_follows_what_is_asked_for_later) {
  LiveBed bed({"a"}, platform_named("aks"));
  json service = load_balancer_service("web");
  const auto address = [&] {
    bed.apply("a", service);
    bed.pass();
    return text(bed.get("a", service_path)["status"]["loadBalancer"]["ingress"][0], {"ip"});
  };
  EXPECT_THAT(address(), ::testing::StartsWith("198.18.1."));
  service["metadata"]["annotations"] = {{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"}};
  EXPECT_THAT(address(), ::testing::StartsWith("172.20.1."));
  service["spec"]["loadBalancerIP"] = "10.1.2.3";
  EXPECT_EQ(address(), "10.1.2.3");
}

TEST(Controllers, injection_that_does_not_match_or_fails) {
  LiveBed bed;
  bed.install("a");
  bed.pass();
  bed.apply("a", {{"apiVersion", "v1"},
                  {"kind", "Namespace"},
                  {"metadata", {{"name", "meshed"}, {"labels", {{"istio-injection", "enabled"}}}}}});
  bed.faults().add({.kind = FaultKind::not_injected, .ns = "meshed", .name = "skipped-*"});
  bed.faults().add({.kind = FaultKind::injection_fails, .ns = "meshed", .name = "refused-*"});
  for (const char* name : {"skipped", "refused", "injected"})
    bed.apply("a", plain_deployment(name, "nginx", 1, "meshed"));
  bed.pass();
  std::map<std::string, std::size_t> containers;
  for (const json& pod : bed.list("a", "/api/v1/namespaces/meshed/pods")) {
    containers[name_of(pod).substr(0, name_of(pod).find('-'))] = items(pod, {"spec", "containers"}).size();
  }
  EXPECT_EQ(containers, (std::map<std::string, std::size_t>{{"skipped", 1}, {"injected", 2}}));
  const json refused = bed.get("a", "/apis/apps/v1/namespaces/meshed/deployments/refused");
  EXPECT_THAT(condition(refused, "ReplicaFailure", "message"), ::testing::HasSubstr("failed calling webhook"));
}

TEST(Controllers, endpoints_follow_pods) {
  LiveBed bed;
  bed.apply("a", load_balancer_service("web"));
  bed.apply("a", plain_deployment("web", "nginx", 2));
  bed.pass();
  const auto slices = bed.list("a", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices");
  const auto slice = std::find_if(slices.begin(), slices.end(),
                                  [](const json& one) { return label(one, "kubernetes.io/service-name") == "web"; });
  ASSERT_NE(slice, slices.end());
  EXPECT_EQ(items(*slice, {"endpoints"}).size(), 2);
  EXPECT_EQ(number((*slice)["ports"][0], {"port"}), 8080);
  const json endpoints = bed.get("a", "/api/v1/namespaces/default/endpoints/web");
  EXPECT_EQ(items(endpoints["subsets"][0], {"addresses"}).size(), 2);
  bed.remove("a", service_path);
  bed.pass();
  EXPECT_EQ(bed.get("a", "/api/v1/namespaces/default/endpoints/web"), json());
}

TEST(Controllers, autoscaler_holds_the_least_number) {
  LiveBed bed;
  json web = plain_deployment("web", "nginx", 1);
  web["spec"].erase("replicas");
  bed.apply("a", web);
  bed.apply("a", json::parse(R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
             "minReplicas": 2, "maxReplicas": 5}})"));
  bed.pass();
  EXPECT_EQ(number(bed.get("a", deployment_path), {"status", "availableReplicas"}), 2);
  const json scaler = bed.get("a", "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web");
  EXPECT_EQ(number(scaler, {"status", "desiredReplicas"}), 2);
  EXPECT_EQ(condition(scaler, "AbleToScale", "status"), "True");
}

TEST(Controllers, budget_counts_its_pods) {
  LiveBed bed;
  bed.apply("a", plain_deployment("web", "nginx", 2));
  bed.apply("a", json::parse(R"({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}})"));
  bed.pass();
  const json budget = bed.get("a", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web");
  EXPECT_EQ(number(budget, {"status", "currentHealthy"}), 2);
  EXPECT_EQ(number(budget, {"status", "disruptionsAllowed"}), 1);
}

TEST(Controllers, namespaces_are_furnished) {
  LiveBed bed;
  bed.install("a");
  bed.apply("a", json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}})"));
  bed.pass();
  EXPECT_NE(bed.get("a", "/api/v1/namespaces/new/serviceaccounts/default"), json());
  EXPECT_NE(bed.get("a", "/api/v1/namespaces/new/configmaps/kube-root-ca.crt"), json());
  const json root = bed.get("a", "/api/v1/namespaces/new/configmaps/istio-ca-root-cert");
  const auto cacerts = decoded_data(bed.get("a", "/api/v1/namespaces/istio-system/secrets/cacerts"));
  EXPECT_EQ(text(root, {"data", "root-cert.pem"}), cacerts.at("root-cert.pem"));
  bed.remove("a", "/api/v1/namespaces/new/configmaps/kube-root-ca.crt");
  bed.pass();
  EXPECT_NE(bed.get("a", "/api/v1/namespaces/new/configmaps/kube-root-ca.crt"), json());
}

TEST(Controllers, a_root_that_is_plugged_in_later_needs_a_restart) {
  LiveBed bed;
  bed.install("a");
  bed.pass();
  const std::string path = "/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert";
  const std::string before = text(bed.get("a", path), {"data", "root-cert.pem"});
  const SigningAuthority other = make_root("other");
  const json change = {{"data", {{"root-cert.pem", base64_encode(other.root)}}}};
  ASSERT_TRUE(bed.api()
                  .call("kubectl", "PATCH", "/api/v1/namespaces/istio-system/secrets/cacerts", change,
                        "application/merge-patch+json")
                  .ok());
  bed.pass();
  EXPECT_EQ(text(bed.get("a", path), {"data", "root-cert.pem"}), before);
  for (const json& pod : bed.list("a", "/api/v1/namespaces/istio-system/pods")) {
    bed.remove("a", "/api/v1/namespaces/istio-system/pods/" + name_of(pod));
  }
  bed.pass();
  EXPECT_EQ(text(bed.get("a", path), {"data", "root-cert.pem"}), other.root);
}

TEST(Controllers, token_secrets_are_filled) {
  LiveBed bed;
  bed.install("a");
  bed.apply("a", json::parse(R"({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
    "metadata": {"name": "t", "namespace": "istio-system",
                 "annotations": {"kubernetes.io/service-account.name": "istio-reader-service-account"}}})"));
  bed.pass();
  const auto data = decoded_data(bed.get("a", "/api/v1/namespaces/istio-system/secrets/t"));
  EXPECT_EQ(data.at("namespace"), "istio-system");
  EXPECT_THAT(data.at("ca.crt"), ::testing::StartsWith("-----BEGIN CERTIFICATE-----"));
  ApiRequest request{.method = "GET", .path = "/api/v1/namespaces"};
  request.headers = {{"authorization", "Bearer " + data.at("token")}};
  // The account has no role: known, and not allowed.
  EXPECT_EQ(bed.api().handle(request).status, 403);
}

}  // namespace
}  // namespace mesh::simulator
