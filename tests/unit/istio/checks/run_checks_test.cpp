#include "providers/istio/checks/run_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/base/digest.h"
#include "engine/refresh/read_checks.h"
#include "providers/istio/checks/catalogue.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/remote_kubeconfig.h"
#include "providers/platform/platforms.h"
#include "tests/support/check_world.h"
#include "tests/support/istio_world.h"

namespace mesh::istio {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IstioWorld;
using ::testing::UnorderedElementsAreArray;

constexpr const char* ns = "istio-system";

/// Two clusters, applied, that work.
struct World : IstioWorld {
  World() : IstioWorld(spec_of()) {
    for (const auto& [name, cluster] : spec.clusters) {
      testing::complete_installation(clients.at(name), {.cluster_id = cluster.id, .network = cluster.network});
    }
    const Report report = apply(plan());
    for (const ActionReport& action : report.actions) EXPECT_EQ(action.outcome, Outcome::done) << action.address.text;
    for (const auto& [name, cluster] : spec.clusters) {
      update(name, {"hub.gke.io/v1", "Membership", "", "membership"}, [](json& body) {
        body["spec"]["identity_provider"] =
            "https://gkehub.googleapis.com/projects/acme-fleet/locations/global/memberships/x";
      });
    }
  }

  static Spec spec_of() {
    Spec spec = testing::mesh_of({"a", "b"});
    spec.mesh.fleet_project = "acme-fleet";
    return spec;
  }

  FakeServer& a() { return clients.at("a"); }
  void update(const std::string& cluster, const ObjectId& id, const std::function<void(json&)>& edit) {
    clients.at(cluster).cluster.update(id, "kubectl", edit);
  }
  void update(const ObjectId& id, const std::function<void(json&)>& edit) { update("a", id, edit); }
  void set_env(const std::string& name, const std::string& value) {
    update({"apps/v1", "Deployment", ns, "istiod-asm-1233-2"}, [&](json& body) {
      json& env = body["spec"]["template"]["spec"]["containers"][0]["env"];
      for (json& one : env) {
        if (one["name"] == name) return void(one["value"] = value);
      }
      env.push_back({{"name", name}, {"value", value}});
    });
  }
  void edit_webhooks(const std::function<void(json&)>& edit) {
    update({"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "istio-sidecar-injector-asm-1233-2"},
           [&](json& body) {
             for (json& webhook : body["webhooks"]) edit(webhook);
           });
  }
  void edit_config(const std::string& from, const std::string& to) {
    testing::edit_mesh_config(a(), [&](std::string& text) {
      const auto at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    });
  }
  void add_config(const std::string& more) {
    testing::edit_mesh_config(a(), [&](std::string& text) { text += more; });
  }
  void edit_values(const std::function<void(json&)>& edit) { testing::edit_injector(a(), edit); }
  void edit_slice(const std::string& service, bool ready) {
    update({"discovery.k8s.io/v1", "EndpointSlice", ns, service + "-1"},
           [&](json& body) { body["endpoints"][0]["conditions"]["ready"] = ready; });
  }
  void add_remote_secret(const std::string& name, const std::string& key) {
    update({"v1", "Secret", ns, name}, [&](json& body) {
      body["metadata"]["labels"]["istio/multiCluster"] = "true";
      body["data"][key] = base64_encode(remote_kubeconfig({.cluster_id = key, .server = "https://b", .token = "t"}));
    });
  }
  /// Replaces the kubeconfig for b.
  void set_kubeconfig(const RemoteAccess& access, const std::string& more = "") {
    update({"v1", "Secret", ns, "istio-remote-secret-cn-b"},
           [&](json& body) { body["data"]["cn-b"] = base64_encode(remote_kubeconfig(access) + more); });
  }
  /// An istiod pod runs in a, and this is its list of clusters.
  void run_istiod(const std::string& clusterz) {
    update({"v1", "Pod", ns, "istiod-1"}, [](json& body) {
      body["metadata"]["labels"]["app"] = "istiod";
      body["status"]["phase"] = "Running";
    });
    a().exec = [clusterz](const kubernetes::ExecRequest&) { return kubernetes::ExecAnswer{.out = clusterz}; };
  }

  /// What came of dialling the gateway of a; empty: it was not dialled.
  std::string gateway_error;

  CheckReport check(CheckDepth depth = CheckDepth::everything, std::set<std::string> skipped = {}) {
    std::map<std::string, CheckReading> readings;
    const LiveState live = look(&readings);
    if (depth != CheckDepth::plan) readings = read_checks(spec.clusters, live, *provider, clock, depth, {}, {});
    if (!gateway_error.empty()) {
      readings["a"].lists[name_of(Topic::gateway_reach)].objects = {
          Object{.id = gateway_service_id(ns), .body = json{{"address", "192.0.2.1"}, {"error", gateway_error}}}};
    }
    return run_checks({.spec = spec,
                       .platforms = platform::all(),
                       .live = live,
                       .readings = readings,
                       .depth = depth,
                       .skipped = std::move(skipped)});
  }
};

const ObjectId service{"v1", "Service", ns, "istio-eastwestgateway"};
const ObjectId deployment{"apps/v1", "Deployment", ns, "istio-eastwestgateway"};
const ObjectId istiod{"apps/v1", "Deployment", ns, "istiod-asm-1233-2"};
const ObjectId system_ns{"v1", "Namespace", "", ns};

std::set<std::string> ids_of(const CheckReport& report) {
  std::set<std::string> ids;
  for (const Finding& one : report.findings) ids.insert(one.id);
  return ids;
}

std::string text_of(const CheckReport& report) {
  std::string text;
  for (const Finding& one : report.findings) text += one.id + " " + one.cluster + ": " + one.read + "\n";
  return text;
}

TEST(RunChecks, find_nothing_in_a_mesh_that_works) {
  World world;
  const CheckReport report = world.check();
  EXPECT_THAT(report.findings, IsEmpty()) << text_of(report);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.checks.size(), catalogue().size());
  for (const CheckOutcome& one : report.checks) EXPECT_THAT(one.unknown_in, IsEmpty()) << one.check.id;
}

struct BrokenCase {
  const char* id;
  std::function<void(World&)> break_it;
  /// What the same condition shows elsewhere.
  std::set<std::string> others = {};
};

const std::vector<BrokenCase>& broken_cases() {
  static const std::vector<BrokenCase> cases = {
      {"api-server-reach", [](World& w) { w.clients.refused.insert("a"); }},
      {"read-rights",
       [](World& w) {
         w.a().fail = [](const std::string& call) {
           const bool hit = call.find("read ConfigMap") != std::string::npos;
           return hit ? std::optional(Diagnostic{.code = Code::forbidden, .summary = "forbidden"}) : std::nullopt;
         };
       }},
      {"api-server-latency", [](World& w) { w.a().latency = std::chrono::milliseconds(1500); }},
      {"clock-skew", [](World& w) { w.a().clock_skew = std::chrono::seconds(-90); }},
      {"kubernetes-version", [](World& w) { w.a().version = "v1.25.4-gke.1"; }},
      {"rights-plan", [](World& w) { w.a().denied = {"list secrets in istio-system"}; }},
      {"rights-apply", [](World& w) { w.a().denied = {"delete services in istio-system"}; }},
      {"api-server-undialable", [](World& w) { w.spec.clusters.at("a").api_server = "https://127.0.0.1:6443"; }},

      {"cluster-id-spec",
       [](World& w) {
         w.set_env("CLUSTER_ID", "cn-other");
         w.edit_values([](json& v) { v["global"]["multiCluster"]["clusterName"] = "cn-other"; });
       }},
      {"cluster-id-injector",
       [](World& w) { w.edit_values([](json& v) { v["global"]["multiCluster"]["clusterName"] = "cn-x"; }); }},
      {"cluster-id-default",
       [](World& w) {
         w.set_env("CLUSTER_ID", "Kubernetes");
         w.edit_values([](json& v) { v["global"]["multiCluster"]["clusterName"] = "Kubernetes"; });
       },
       {"cluster-id-spec"}},
      {"cluster-id-duplicate",
       [](World& w) {
         w.set_env("CLUSTER_ID", "cn-b");
         w.edit_values([](json& v) { v["global"]["multiCluster"]["clusterName"] = "cn-b"; });
       },
       {"cluster-id-spec"}},
      {"mesh-id-spec", [](World& w) { w.spec.mesh.id = "proj-2"; }},
      {"mesh-id-differs", [](World& w) { w.edit_config("meshId: proj-1", "meshId: proj-7"); }, {"mesh-id-spec"}},
      {"trust-domain", [](World& w) { w.edit_config("trustDomain: cluster.local", "trustDomain: acme.local"); }},
      {"ca-type-spec", [](World& w) { w.spec.mesh.ca = CertificateAuthority::mesh_ca; }},
      {"ca-type-differs", [](World& w) { w.edit_config("Citadel", "GoogleCA"); }, {"ca-type-spec"}},
      {"certificate-provider",
       [](World& w) { w.edit_values([](json& v) { v["global"]["pilotCertProvider"] = "kubernetes"; }); }},
      {"cluster-domain",
       [](World& w) {
         w.update(istiod, [](json& body) {
           body["spec"]["template"]["spec"]["containers"][0]["args"] = {"discovery", "--domain", "acme.example"};
         });
       }},

      {"network-label",
       [](World& w) {
         w.update(system_ns, [](json& body) { body["metadata"]["labels"]["topology.istio.io/network"] = "other"; });
       }},
      {"network-injector", [](World& w) { w.edit_values([](json& v) { v["global"]["network"] = ""; }); }},
      {"network-service",
       [](World& w) {
         w.update(service, [](json& body) { body["metadata"]["labels"]["topology.istio.io/network"] = "other"; });
       }},
      {"gateway-second",
       [](World& w) {
         w.update("b", {"v1", "Service", "other", "gw"}, [](json& body) {
           body["metadata"]["labels"]["topology.istio.io/network"] = "net-a";
           body["spec"]["externalIPs"] = {"203.0.113.9"};
         });
       }},
      {"mesh-networks",
       [](World& w) {
         w.update({"v1", "ConfigMap", ns, "istio-asm-1233-2"}, [](json& body) {
           body["data"]["meshNetworks"] = "networks:\n  net-b:\n    gateways:\n    - port: 1";
         });
       }},

      {"istiod-missing", [](World& w) { w.spec.mesh.revision = "other"; }},
      {"istiod-ready", [](World& w) { w.update(istiod, [](json& b) { b["status"]["availableReplicas"] = 0; }); }},
      {"istiod-endpoints", [](World& w) { w.edit_slice("istiod-asm-1233-2", false); }},
      {"injector-ca-bundle", [](World& w) { w.edit_webhooks([](json& h) { h["clientConfig"].erase("caBundle"); }); }},
      {"injector-config",
       [](World& w) {
         w.a().cluster.remove({"v1", "ConfigMap", ns, "istio-sidecar-injector-asm-1233-2"});
       }},
      {"revision-tag",
       [](World& w) {
         w.update({"v1", "Service", ns, "istiod-revision-tag-prod"}, [](json& body) {
           body["metadata"]["labels"] = {{"istio.io/tag", "prod"}, {"istio.io/rev", "asm-1102"}};
         });
       }},
      {"istio-version-skew",
       [](World& w) {
         w.update(istiod, [](json& body) {
           body["spec"]["template"]["spec"]["containers"][0]["image"] = "gcr.io/x/pilot:1.26.0-asm.1";
         });
       }},
      {"remote-cluster-timeout", [](World& w) { w.set_env("PILOT_REMOTE_CLUSTER_TIMEOUT", "0s"); }},
      {"remote-kubeconfig-files", [](World& w) { w.set_env("PILOT_MULTICLUSTER_KUBECONFIG_PATH", "/etc/k"); }},
      {"ambient", [](World& w) { w.set_env("PILOT_ENABLE_AMBIENT", "true"); }},

      {"gateway-injection",
       [](World& w) {
         w.update(system_ns, [](json& body) { body["metadata"]["labels"]["istio-injection"] = "disabled"; });
       }},
      {"gateway-injection-revision",
       [](World& w) {
         w.update({"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "",
                   "istio-sidecar-injector-asm-1233-2"},
                  [](json& body) { body["metadata"]["labels"]["istio.io/rev"] = "canary"; });
       }},
      {"gateway-injection-twice",
       [](World& w) {
         w.update({"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "another"}, [](json& body) {
           body["metadata"]["labels"] = {{"app", "sidecar-injector"}};
           body["webhooks"] = json::array({json{{"name", "all.istio.io"}, {"failurePolicy", "Fail"}}});
         });
       }},
      {"injection-failure-policy", [](World& w) { w.edit_webhooks([](json& h) { h["failurePolicy"] = "Ignore"; }); }},
      {"gateway-pod-injected",
       [](World& w) {
         w.update({"v1", "Pod", ns, "istio-eastwestgateway-1"}, [](json& body) {
           body["metadata"]["labels"] = {{"istio", "eastwestgateway"}};
           body["spec"]["containers"] = json::array({json{{"name", "istio-proxy"}, {"image", "auto"}}});
           body["status"]["containerStatuses"] =
               json::array({json{{"name", "istio-proxy"}, {"state", {{"waiting", {{"reason", "ErrImagePull"}}}}}}});
         });
       }},

      {"gateway-missing", [](World& w) { w.a().cluster.remove(deployment); }},
      {"gateway-ready", [](World& w) { w.update(deployment, [](json& b) { b["spec"]["replicas"] = 0; }); }},
      {"gateway-address", [](World& w) { w.update(service, [](json& b) { b.erase("status"); }); }},
      {"gateway-address-kind",
       [](World& w) {
         w.spec.clusters.at("a").platform = "gke-vmware";
         w.update(service, [](json& b) {
           b["status"]["loadBalancer"]["ingress"] = json::array({json{{"hostname", "lb.example"}}});
         });
       }},
      {"gateway-host-name",
       [](World& w) {
         w.set_env("RESOLVE_HOSTNAME_GATEWAYS", "false");
         w.update("b", service, [](json& b) {
           b["status"]["loadBalancer"]["ingress"] = json::array({json{{"hostname", "lb.example"}}});
         });
       }},
      {"gateway-port", [](World& w) { w.update(service, [](json& b) { b["spec"]["ports"][1]["port"] = 15444; }); }},
      {"gateway-endpoints", [](World& w) { w.edit_slice("istio-eastwestgateway", false); }},
      {"gateway-autoscalers",
       [](World& w) {
         w.update({"autoscaling/v2", "HorizontalPodAutoscaler", ns, "another"}, [](json& body) {
           body["spec"]["scaleTargetRef"] = {{"kind", "Deployment"}, {"name", "istio-eastwestgateway"}};
         });
       }},
      {"gateway-reach", [](World& w) { w.gateway_error = "no answer in time"; }},
      {"gateway-exposure",
       [](World& w) {
         w.spec.clusters.at("a").platform = "aks";
         w.update(service, [](json& b) {
           b["metadata"]["annotations"]["service.beta.kubernetes.io/azure-load-balancer-internal"] = "true";
         });
       }},
      {"gateway-protocol",
       [](World& w) {
         w.update(service, [](json& b) {
           b["metadata"]["annotations"]["service.beta.kubernetes.io/aws-load-balancer-backend-protocol"] = "http";
         });
       }},
      {"gateway-versions",
       [](World& w) {
         w.update({"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"},
                  [](json& b) {
                    b["spec"]["versions"] = json::array({json{{"name", "v9"}, {"served", true}}});
                  });
       }},
      {"gateways-overlap",
       [](World& w) {
         w.update({"networking.istio.io/v1beta1", "Gateway", "apps", "other"}, [](json& body) {
           body["spec"] = {
               {"selector", {{"istio", "eastwestgateway"}}},
               {"servers", json::array({json{{"port", {{"number", 15443}}}, {"hosts", {"*.svc.cluster.local"}}}})}};
         });
       }},

      {"remote-secret-foreign", [](World& w) { w.add_remote_secret("by-hand", "cn-unknown"); }},
      {"remote-secret-duplicate", [](World& w) { w.add_remote_secret("by-hand", "cn-b"); }},
      {"remote-secret-own", [](World& w) { w.add_remote_secret("by-hand", "cn-a"); }},
      {"remote-secret-credential",
       [](World& w) {
         w.update({"v1", "Secret", ns, "istio-remote-secret-cn-b"},
                  [](json& b) { b["metadata"]["annotations"][last_applied_annotation] = "{}"; });
       }},
      {"remote-secret-missing",
       [](World& w) {
         w.a().cluster.remove({"v1", "Secret", ns, "istio-remote-secret-cn-b"});
       }},
      {"remote-secret-token",
       [](World& w) {
         w.clients.at("b").cluster.remove(
             {"v1", "Secret", ns, "istio-reader-service-account-istio-remote-secret-token"});
       }},

      {"remote-secret-kubeconfig",
       [](World& w) {
         w.update({"v1", "Secret", ns, "istio-remote-secret-cn-b"}, [](json& b) { b["data"]["cn-b"] = "eA=="; });
       }},
      {"remote-secret-auth",
       [](World& w) {
         w.set_kubeconfig({.cluster_id = "cn-b", .server = "https://b", .token = "t"},
                          "- name: more\n  user:\n    tokenFile: /var/token\n");
       }},
      {"remote-secret-server",
       [](World& w) { w.set_kubeconfig({.cluster_id = "cn-b", .server = "https://127.0.0.1:6443", .token = "t"}); }},
      {"discovery-effective",
       [](World& w) {
         w.run_istiod(R"([{"id": "cn-b", "secretName": "istio-system/istio-remote-secret-cn-b",
                           "syncStatus": "timeout"}])");
       }},
      {"discovery-stale",
       [](World& w) {
         w.run_istiod(R"([{"id": "cn-b", "secretName": "istio-system/istio-remote-secret-cn-b",
                           "syncStatus": "synced"},
                          {"id": "cn-x", "secretName": "istio-system/gone", "syncStatus": "synced"}])");
       }},

      {"discovery-selectors",
       [](World& w) {
         w.add_config(
             "discoverySelectors:\n- matchExpressions:\n  - {key: kubernetes.io/metadata.name, operator: Exists}\n");
       }},
      {"discovery-selectors-system",
       [](World& w) { w.add_config("discoverySelectors:\n- matchLabels: {istio-discovery: enabled}\n"); },
       {"discovery-selectors"}},
      {"mtls-mesh",
       [](World& w) {
         w.update({"security.istio.io/v1beta1", "PeerAuthentication", ns, "default"},
                  [](json& b) { b["spec"]["mtls"]["mode"] = "DISABLE"; });
       }},
      {"mtls-namespace",
       [](World& w) {
         w.update({"security.istio.io/v1beta1", "PeerAuthentication", "apps", "port"},
                  [](json& b) { b["spec"]["portLevelMtls"]["8080"]["mode"] = "DISABLE"; });
       }},
      {"mtls-destination-rule",
       [](World& w) {
         w.update({"networking.istio.io/v1beta1", "DestinationRule", "apps", "off"}, [](json& b) {
           b["spec"] = {{"host", "*.local"}, {"trafficPolicy", {{"tls", {{"mode", "DISABLE"}}}}}};
         });
       }},
      {"cluster-local-hosts",
       [](World& w) {
         w.add_config("serviceSettings:\n- settings: {clusterLocal: true}\n  hosts: ['*.apps.svc.cluster.local']\n");
       }},
      {"fleet-membership",
       [](World& w) {
         w.a().cluster.remove({"hub.gke.io/v1", "Membership", "", "membership"});
       }},
  };
  return cases;
}

struct RunChecksBroken : ::testing::TestWithParam<BrokenCase> {};

TEST_P(RunChecksBroken, is_found_and_nothing_else) {
  World world;
  GetParam().break_it(world);
  const CheckReport report = world.check();
  std::set<std::string> expected = GetParam().others;
  expected.insert(GetParam().id);
  EXPECT_THAT(ids_of(report), UnorderedElementsAreArray(expected)) << text_of(report);
  for (const Finding& one : report.findings) {
    EXPECT_FALSE(one.cluster.empty());
    EXPECT_FALSE(one.read.empty());
    EXPECT_FALSE(one.means.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(All, RunChecksBroken, ::testing::ValuesIn(broken_cases()), [](const auto& one) {
  std::string name = one.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(RunChecks, ask_istiods_without_the_right_to_run_commands_in_vain) {
  World world;
  world.run_istiod("");
  world.a().exec = {};
  const CheckReport report = world.check();
  ASSERT_EQ(report.findings.size(), 1u) << text_of(report);
  EXPECT_EQ(report.findings[0].severity, FindingSeverity::unknown);
  EXPECT_THAT(report.findings[0].read, HasSubstr("istiod-1 could not be asked"));
  EXPECT_THAT(report.findings[0].means, HasSubstr("discovery-effective"));
  EXPECT_THAT(report.findings[0].hint, HasSubstr("pods/exec"));
  EXPECT_FALSE(report.complete);
  EXPECT_TRUE(world.check(CheckDepth::everything, {"discovery-effective", "discovery-stale"}).complete);
}

TEST(RunChecks, ask_each_istiod_once_however_many_peers_there_are) {
  World world;
  world.run_istiod("[]");
  world.a().calls.clear();
  world.check();
  EXPECT_EQ(world.a().calls_with("exec").size(), 1u);
  world.check(CheckDepth::effective);
  EXPECT_EQ(world.a().calls_with("exec").size(), 4u);
  EXPECT_EQ(world.a().calls_with("read Secret istio-system/").size(), 4u) << "metadata, then the remote ones";
}

TEST(RunChecks, have_a_case_each) {
  // These are made from certificates or at a time: trust_checks_test.cpp and credential_checks_test.cpp have their
  // cases.
  const std::set<std::string> tested_elsewhere = {"trust-roots-differ",    "trust-one-way",
                                                  "trust-not-known",       "root-expired",
                                                  "root-expires-soon",     "root-certificate",
                                                  "root-bundle-unused",    "plugged-ca-unused",
                                                  "remote-secret-expired", "remote-secret-expires-soon"};
  std::set<std::string> cases;
  for (const BrokenCase& one : broken_cases()) cases.insert(one.id);
  for (const CheckRow& row : catalogue()) {
    if (tested_elsewhere.contains(row.info.id)) continue;
    EXPECT_TRUE(cases.contains(row.info.id)) << row.info.id;
  }
}

TEST(RunChecks, a_right_that_is_missing_is_told_once_with_the_checks_that_it_stops) {
  World world;
  world.a().fail = [](const std::string& call) {
    const bool hit = call.find("read MutatingWebhookConfiguration") != std::string::npos;
    return hit ? std::optional(Diagnostic{.code = Code::forbidden, .summary = "forbidden", .hint = "grant it"})
               : std::nullopt;
  };
  const CheckReport report = world.check();
  ASSERT_EQ(report.findings.size(), 1u) << text_of(report);
  EXPECT_EQ(report.findings[0].severity, FindingSeverity::unknown);
  EXPECT_THAT(report.findings[0].means, HasSubstr("gateway-injection"));
  EXPECT_EQ(report.findings[0].hint, "grant it");
  EXPECT_FALSE(report.complete);
  for (const CheckOutcome& one : report.checks) {
    if (one.check.id == "gateway-injection") {
      EXPECT_THAT(one.unknown_in, ElementsAre("a"));
    }
  }
}

TEST(RunChecks, a_cluster_that_does_not_answer_leaves_its_checks_unknown) {
  World world;
  world.clients.refused.insert("a");
  const CheckReport report = world.check();
  ASSERT_EQ(report.findings.size(), 1u) << text_of(report);
  EXPECT_EQ(report.findings[0].cluster, "a");
  for (const CheckOutcome& one : report.checks) {
    if (one.check.id == "network-injector") {
      EXPECT_THAT(one.unknown_in, ElementsAre("a"));
    }
  }
}

TEST(RunChecks, a_webhook_behind_a_url_needs_no_bundle) {
  World world;
  world.edit_webhooks([](json& webhook) {
    webhook["clientConfig"] = {{"url", "https://istiod.example/inject"}};
    webhook["failurePolicy"] = "Fail";
  });
  EXPECT_THAT(ids_of(world.check()), ::testing::Not(::testing::Contains("injector-ca-bundle")));
}

TEST(RunChecks, a_plan_reads_six_lists_more_at_most) {
  World world;
  world.a().calls.clear();
  world.look();
  const std::size_t without = world.a().calls.size();
  world.a().calls.clear();
  std::map<std::string, CheckReading> readings;
  world.look(&readings);
  EXPECT_EQ(world.a().calls.size() - without, 6u);
}

TEST(RunChecks, those_of_a_plan_need_only_what_a_plan_reads) {
  for (const CheckRow& row : catalogue()) {
    if (!row.in_plan) continue;
    for (const Topic topic : row.needs) EXPECT_LT(topic, Topic::destination_rules) << row.info.id;
  }
}

}  // namespace
}  // namespace mesh::istio
