#include "tests/unit/simulator/bed.h"

#include <fmt/format.h>

#include "engine/base/digest.h"
#include "providers/simulator/istio/install/istio_objects.h"
#include "providers/simulator/istio/traffic/verdict.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json pod_body(const std::string& ns, const std::string& name, json labels, const std::string& image, int port,
              const std::string& address) {
  json container = {{"name", "main"}, {"image", image}};
  if (port != 0) container["ports"] = json::array({{{"containerPort", port}}});
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", name}, {"namespace", ns}, {"labels", std::move(labels)}}},
          {"spec", {{"containers", json::array({std::move(container)})}}},
          {"status",
           {{"phase", "Running"},
            {"podIP", address},
            {"conditions", json::array({{{"type", "Ready"}, {"status", "True"}}})}}}};
}

json slice_of(const std::string& ns, const std::string& service, const std::string& port_name, int port) {
  return {{"apiVersion", "discovery.k8s.io/v1"},
          {"kind", "EndpointSlice"},
          {"metadata",
           {{"name", service + "-x"}, {"namespace", ns}, {"labels", {{"kubernetes.io/service-name", service}}}}},
          {"addressType", "IPv4"},
          {"ports", json::array({{{"name", port_name}, {"port", port}, {"protocol", "TCP"}}})},
          {"endpoints", json::array()}};
}

json node(int number) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata", {{"name", "node"}}},
      {"status",
       {{"addresses", json::array({{{"type", "InternalIP"}, {"address", fmt::format("192.168.{}.1", number)}},
                                   {{"type", "ExternalIP"}, {"address", fmt::format("198.51.100.{}", number)}}})}}}};
}

json gateway_resource() {
  return json::parse(R"({"apiVersion": "networking.istio.io/v1", "kind": "Gateway",
    "metadata": {"name": "cross-network-gateway", "namespace": "istio-system"},
    "spec": {"selector": {"istio": "eastwestgateway"}, "servers": [{
      "port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"},
      "hosts": ["*.local"]}]}})");
}

}  // namespace

Bed::Bed(const std::vector<std::string>& names) : names_(names), root_(make_root("acme")) {
  int number = 0;
  for (const std::string& name : names_) build(name, ++number);
  for (const std::string& name : names_) {
    for (const std::string& peer : names_) {
      if (peer != name) objects(name).put(remote_secret(peer));
    }
  }
}

void Bed::reinstall(const std::string& name) {
  for (const json& object : istio_objects(settings_.at(name))) objects(name).put(object);
  for (const char* ns : {"istio-system", "sample"}) {
    objects(name).put({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", {{"name", "istio-ca-root-cert"}, {"namespace", ns}}},
                       {"data", {{"root-cert.pem", settings_.at(name).plugged->root}}}});
  }
}

void Bed::build(const std::string& name, int number) {
  clusters_[name] = std::make_shared<ObjectSet>();
  settings_[name] = {.revision = "default",
                     .cluster_id = "id-" + name,
                     .mesh_id = "mesh1",
                     .network = "net-" + name,
                     .label_namespace = true,
                     .ca = CertificateAuthority::istio_ca,
                     .plugged = make_intermediate(root_, name),
                     .version = "1.23.3"};
  reinstall(name);
  objects(name).put(node(number));
  add_gateway(name, number);
  for (const json& object : sample_objects("default", {})) objects(name).put(object);
  objects(name).put(slice_of("sample", "helloworld", "http", 5000));
  add_pod(name, "sample", "hello-" + name, {{"app", "helloworld"}},
          fmt::format("docker.io/istio/examples-helloworld-v{}:1.0", number), 5000, "helloworld", true);
  objects(name).put(slice_of("sample", "sleep", "http", 80));
  add_pod(name, "sample", "sleep-" + name, {{"app", "sleep"}}, "curlimages/curl", 0, "sleep", true);
}

void Bed::add_gateway(const std::string& name, int number) {
  const json labels = {{"app", "istio-eastwestgateway"}, {"istio", "eastwestgateway"}};
  json service = {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", "istio-eastwestgateway"}, {"namespace", "istio-system"}, {"labels", labels}}},
      {"spec",
       {{"type", "LoadBalancer"},
        {"selector", labels},
        {"ports", json::array({{{"name", "tls"}, {"port", 15443}, {"targetPort", 15443}, {"nodePort", 31443}}})}}},
      {"status", {{"loadBalancer", {{"ingress", json::array({{{"ip", fmt::format("198.18.{}.1", number)}}})}}}}}};
  service["metadata"]["labels"]["topology.istio.io/network"] = "net-" + name;
  objects(name).put(std::move(service));
  add_pod(name, "istio-system", "gateway-" + name, labels, "proxyv2", 15443, "", false);
  edit(name, resource::pods, "istio-system", "gateway-" + name, [&](json& pod) {
    pod["spec"]["containers"][0]["env"] =
        json::array({{{"name", "ISTIO_META_REQUESTED_NETWORK_VIEW"}, {"value", "net-" + name}}});
  });
  objects(name).put(gateway_resource());
}

void Bed::add_pod(const std::string& cluster, const std::string& ns, const std::string& name, json labels,
                  const std::string& image, int port, const std::string& service, bool sidecar) {
  const auto count = objects(cluster).list(resource::pods, "").size();
  const std::string address = fmt::format("10.{}.0.{}", 100 + cluster.front() - 'a', count + 1);
  if (sidecar) labels["security.istio.io/tlsMode"] = "istio";
  objects(cluster).put(pod_body(ns, name, std::move(labels), image, port, address));
  if (service.empty()) return;
  edit(cluster, resource::slices, ns, service + "-x", [&](json& slice) {
    slice["endpoints"].push_back({{"addresses", {address}},
                                  {"conditions", {{"ready", true}}},
                                  {"targetRef", {{"kind", "Pod"}, {"name", name}, {"namespace", ns}}}});
  });
}

std::string Bed::kubeconfig(const std::string& server, const std::string& token) const {
  return fmt::format(
      "apiVersion: v1\nclusters:\n- cluster:\n    server: {}\n  name: x\ncontexts:\n- context:\n    cluster: x\n    "
      "user: x\n  name: x\ncurrent-context: x\nkind: Config\npreferences: {{}}\nusers:\n- name: x\n  user:\n    token: "
      "{}\n",
      server, token);
}

json Bed::remote_secret(const std::string& peer) const {
  const std::string id = settings_.at(peer).cluster_id;
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", "istio-remote-secret-" + id},
            {"namespace", "istio-system"},
            {"labels", {{"istio/multiCluster", "true"}}}}},
          {"data", {{id, base64_encode(kubeconfig(server(peer), "token-" + peer))}}}};
}

SimulatedClusters Bed::clusters() const {
  SimulatedClusters clusters;
  for (const std::string& name : names_) {
    const auto plane = control_plane_of(*clusters_.at(name));
    SecretRules rules{.own_id = plane ? plane->cluster_id : "Kubernetes"};
    if (plane) rules.allowed_options = plane->kubeconfig_options();
    SimulatedCluster world{
        .name = name,
        .objects = clusters_.at(name),
        .istiod = [memory = remember(*clusters_.at(name), "istio-system", rules)] { return memory; }};
    if (const auto it = underlay.find(name); it != underlay.end()) world.underlay = it->second;
    clusters.clusters.push_back(std::move(world));
  }
  clusters.probe = [this](const std::string& from, const RemoteCredential& credential) {
    for (const std::string& name : names_) {
      if (credential.server != server(name)) continue;
      for (const std::string& key : {from + " " + name, "* " + name}) {
        if (const auto it = api.find(key); it != api.end()) return ApiProbe{it->second, name, "the API server says no"};
      }
      if (credential.token != "token-" + name)
        return ApiProbe{ApiProbe::Answer::unauthorized, name, "it knows no such token"};
      return ApiProbe{ApiProbe::Answer::ok, name, ""};
    }
    return ApiProbe{ApiProbe::Answer::unreachable, "", "no API server answers at " + credential.server};
  };
  return clusters;
}

std::set<std::string> Bed::broken() const {
  std::set<std::string> found;
  const SimulatedClusters now = clusters();
  for (const TrafficPath& path : paths(now)) {
    if (path.service.name != "helloworld" || path.verdict.reached()) continue;
    found.insert(fmt::format("{}>{} {}", path.caller, path.cluster, to_string(path.verdict.broken)));
  }
  return found;
}

Caller Bed::sleep_in(const std::string& cluster) const {
  return {cluster, "sample", clusters_.at(cluster)->get(resource::pods, "sample", "sleep-" + cluster)};
}

Verdict Bed::verdict(const std::string& from, const std::string& to) const {
  const SimulatedClusters now = clusters();
  for (const TrafficPath& path : paths(now)) {
    if (path.service.name == "helloworld" && path.caller == from && path.cluster == to) return path.verdict;
  }
  return {Link::program, "there is no such path"};
}

}  // namespace mesh::simulator
