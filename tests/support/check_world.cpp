#include "tests/support/check_world.h"

#include <fmt/format.h>

namespace mesh::testing {
namespace {

using nlohmann::json;

constexpr const char* ns = "istio-system";
/// A root of a hundred years, the same for all clusters.
constexpr const char* root_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBbDCCARKgAwIBAgIIZfb7kX/cfRMwCgYIKoZIzj0EAwIwITENMAsGA1UECgwE\n"
    "dGVzdDEQMA4GA1UEAwwHUm9vdCBDQTAgFw0xNjEyMDExNjM4MTdaGA8yMTI2MTEw\n"
    "NTE2MzgxN1owITENMAsGA1UECgwEdGVzdDEQMA4GA1UEAwwHUm9vdCBDQTBZMBMG\n"
    "ByqGSM49AgEGCCqGSM49AwEHA0IABE9cjGjxqPgIqewczvJ0skTyraSmKbkZ7ayE\n"
    "k31dfC3JWBiB7GNvJykHEINIWS1TqmUQjsTeJKrFAr9kTXtO2i6jMjAwMA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wHQYDVR0OBBYEFGtaNZMSriG9kWjQ33UbqR0ns6BwMAoGCCqG\n"
    "SM49BAMCA0gAMEUCIQDS3et88T4XAnmd1IfYHgeOkfQ6C87v5XwWX205Eq0HHQIg\n"
    "I2XbEY1+I1D88rK60gAnnrlkL+Z7zsUi8dUjvi30s80=\n"
    "-----END CERTIFICATE-----\n";

json expression(const char* key, const char* how, const std::vector<std::string>& values = {}) {
  json one = {{"key", key}, {"operator", how}};
  if (!values.empty()) one["values"] = values;
  return one;
}

json webhook(const std::string& name, const std::string& revision, json of_namespace, json of_pod) {
  return {{"name", name},
          {"clientConfig",
           {{"caBundle", "Q0E="},
            {"service", {{"name", "istiod-" + revision}, {"namespace", ns}, {"path", "/inject"}, {"port", 443}}}}},
          {"failurePolicy", "Fail"},
          {"namespaceSelector", {{"matchExpressions", std::move(of_namespace)}}},
          {"objectSelector", {{"matchExpressions", std::move(of_pod)}}}};
}

void add_webhooks(FakeServer& server, const std::string& revision) {
  const json desired = expression("sidecar.istio.io/inject", "NotIn", {"false"});
  const json of_revision = expression("istio.io/rev", "In", {revision});
  const json no_revision = expression("istio.io/rev", "DoesNotExist");
  const json no_injection = expression("istio-injection", "DoesNotExist");
  const ObjectId id{"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "",
                    "istio-sidecar-injector-" + revision};
  server.cluster.update(id, "istio-operator", [&](json& body) {
    body["metadata"]["labels"] = {{"app", "sidecar-injector"}, {"istio.io/rev", revision}};
    body["webhooks"] =
        json::array({webhook("rev.namespace.sidecar-injector.istio.io", revision,
                             json::array({of_revision, no_injection}), json::array({desired})),
                     webhook("rev.object.sidecar-injector.istio.io", revision, json::array({no_revision, no_injection}),
                             json::array({desired, of_revision}))});
  });
}

void add_istiod(FakeServer& server, const Installation& one) {
  const std::string name = "istiod-" + one.revision;
  server.install_istiod(one.revision, one.cluster_id);
  server.cluster.update({"apps/v1", "Deployment", ns, name}, "istio-operator", [](json& body) {
    json& container = body["spec"]["template"]["spec"]["containers"][0];
    container["image"] = "docker.io/istio/pilot:1.23.3";
    container["args"] = {"discovery", "--domain", "cluster.local"};
    body["spec"]["replicas"] = 1;
    body["status"] = {{"replicas", 1}, {"updatedReplicas", 1}, {"availableReplicas", 1}};
  });
  server.cluster.update({"v1", "Service", ns, name}, "istio-operator", [&](json& body) {
    body["metadata"]["labels"] = {{"app", "istiod"}, {"istio.io/rev", one.revision}};
  });
  server.cluster.update({"discovery.k8s.io/v1", "EndpointSlice", ns, name + "-1"}, "controller", [&](json& body) {
    body["metadata"]["labels"] = {{"kubernetes.io/service-name", name}};
    body["endpoints"] = json::array({json{{"addresses", {"10.0.0.1"}}, {"conditions", {{"ready", true}}}}});
  });
  server.cluster.update(
      {"discovery.k8s.io/v1", "EndpointSlice", ns, "istio-eastwestgateway-1"}, "controller", [](json& body) {
        body["metadata"]["labels"] = {{"kubernetes.io/service-name", "istio-eastwestgateway"}};
        body["endpoints"] = json::array({json{{"addresses", {"10.0.0.2"}}, {"conditions", {{"ready", true}}}}});
      });
}

void add_config(FakeServer& server, const Installation& one) {
  const json values = {{"global",
                        {{"caAddress", ""},
                         {"meshID", one.mesh_id},
                         {"multiCluster", {{"clusterName", one.cluster_id}, {"enabled", true}}},
                         {"network", one.network},
                         {"pilotCertProvider", "istiod"}}}};
  server.cluster.update({"v1", "ConfigMap", ns, "istio-sidecar-injector-" + one.revision}, "istio-operator",
                        [&](json& body) {
                          body["data"] = {{"values", values.dump()}};
                        });
  const std::string config = fmt::format(
      "defaultConfig:\n  meshId: {}\n  proxyMetadata:\n    CA_PROVIDER: Citadel\nrootNamespace: istio-system\n"
      "trustDomain: {}\n",
      one.mesh_id, one.trust_domain);
  server.cluster.update({"v1", "ConfigMap", ns, "istio-" + one.revision}, "istio-operator", [&](json& body) {
    body["data"] = {{"mesh", config}, {"meshNetworks", "networks: {}"}};
  });
  server.cluster.update({"v1", "ConfigMap", ns, "istio-ca-root-cert"}, "pilot-discovery", [&](json& body) {
    body["data"] = {{"root-cert.pem", root_certificate}};
  });
}

}  // namespace

void complete_installation(FakeServer& server, const Installation& installation) {
  add_istiod(server, installation);
  add_config(server, installation);
  add_webhooks(server, installation.revision);
  server.cluster.update({"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"},
                        "istio-operator", [](json& body) {
                          body["spec"]["versions"] = json::array({json{{"name", "v1"}, {"served", true}},
                                                                  json{{"name", "v1beta1"}, {"served", true}},
                                                                  json{{"name", "v1alpha3"}, {"served", true}}});
                        });
}

void edit_injector(FakeServer& server, const std::function<void(json& values)>& edit, const std::string& revision) {
  server.cluster.update({"v1", "ConfigMap", ns, "istio-sidecar-injector-" + revision}, "kubectl", [&](json& body) {
    json values = json::parse(body["data"]["values"].get<std::string>());
    edit(values);
    body["data"]["values"] = values.dump();
  });
}

void edit_mesh_config(FakeServer& server, const std::function<void(std::string& text)>& edit,
                      const std::string& revision) {
  server.cluster.update({"v1", "ConfigMap", ns, "istio-" + revision}, "kubectl", [&](json& body) {
    std::string text = body["data"]["mesh"].get<std::string>();
    edit(text);
    body["data"]["mesh"] = text;
  });
}

}  // namespace mesh::testing
