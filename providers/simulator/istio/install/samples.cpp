#include "providers/simulator/istio/install/samples.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json service(const std::string& ns, const char* name, int port) {
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", name}, {"namespace", ns}, {"labels", {{"app", name}, {"service", name}}}}},
          {"spec", {{"selector", {{"app", name}}}, {"ports", json::array({{{"name", "http"}, {"port", port}}})}}}};
}

json deployment(const std::string& ns, const std::string& name, const json& labels, json pod_spec) {
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", name}, {"namespace", ns}, {"labels", labels}}},
          {"spec",
           {{"replicas", 1},
            {"selector", {{"matchLabels", labels}}},
            {"template", {{"metadata", {{"labels", labels}}}, {"spec", std::move(pod_spec)}}}}}};
}

}  // namespace

std::vector<json> sample_objects(const std::string& revision, const std::set<std::string>& versions,
                                 const std::string& ns) {
  const json label = revision == "default" ? json{{"istio-injection", "enabled"}} : json{{"istio.io/rev", revision}};
  std::vector<json> objects = {
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}, {"labels", label}}}},
      service(ns, "helloworld", 5000),
      service(ns, "sleep", 80),
      {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "sleep"}, {"namespace", ns}}}}};
  for (const std::string& version : versions) {
    json container = {{"name", "helloworld"},
                      {"image", "docker.io/istio/examples-helloworld-" + version + ":1.0"},
                      {"imagePullPolicy", "IfNotPresent"},
                      {"resources", {{"requests", {{"cpu", "100m"}}}}},
                      {"ports", json::array({{{"containerPort", 5000}}})}};
    objects.push_back(deployment(ns, "helloworld-" + version, {{"app", "helloworld"}, {"version", version}},
                                 {{"containers", json::array({std::move(container)})}}));
  }
  json sleep = {{"name", "sleep"},
                {"image", "curlimages/curl"},
                {"command", {"/bin/sleep", "infinity"}},
                {"imagePullPolicy", "IfNotPresent"}};
  objects.push_back(deployment(ns, "sleep", {{"app", "sleep"}},
                               {{"serviceAccountName", "sleep"},
                                {"terminationGracePeriodSeconds", 0},
                                {"containers", json::array({std::move(sleep)})}}));
  return objects;
}

}  // namespace mesh::simulator
