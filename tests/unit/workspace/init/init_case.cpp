#include "tests/unit/workspace/init/init_case.h"

#include <fmt/format.h>

#include "providers/istio/inspect/inspect_cluster.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

constexpr const char* system_namespace = "istio-system";

void add(ClusterState& state, const json& body) {
  auto object = object_from_json(body);
  if (!object) throw std::runtime_error(body.dump());
  ObjectId id = object->id;
  state.found.insert_or_assign(std::move(id), std::move(*object));
}

json named(const char* version, const char* kind, const std::string& ns, const std::string& name) {
  json made = {{"apiVersion", version}, {"kind", kind}, {"metadata", {{"name", name}}}};
  if (!ns.empty()) made["metadata"]["namespace"] = ns;
  return made;
}

/// Keys: ns, revision, cluster_id, network, mesh_id, trust_domain, ca_provider, ca_address, env, label (of the
/// namespace). Empty or absent: not set.
void add_istio(ClusterState& state, const json& istio) {
  const std::string ns = istio.value("ns", system_namespace);
  const std::string revision = istio.value("revision", "default");
  const std::string suffix = revision == "default" ? "" : "-" + revision;
  json home = named("v1", "Namespace", "", ns);
  if (istio.contains("label")) home["metadata"]["labels"] = {{"topology.istio.io/network", istio["label"]}};
  add(state, home);
  json env = json::array({{{"name", "REVISION"}, {"value", revision}}});
  if (istio.contains("cluster_id")) env.push_back({{"name", "CLUSTER_ID"}, {"value", istio["cluster_id"]}});
  const json more = istio.value("env", json::object());
  for (const auto& [name, value] : more.items()) {
    env.push_back({{"name", name}, {"value", value}});
  }
  json deployment = named("apps/v1", "Deployment", ns, "istiod" + suffix);
  deployment["metadata"]["labels"] = {{"app", "istiod"}, {"istio.io/rev", revision}};
  deployment["spec"]["template"]["spec"]["containers"] = json::array({{{"name", "discovery"}, {"env", env}}});
  add(state, deployment);
  json config = named("v1", "ConfigMap", ns, "istio" + suffix);
  const std::string provider = istio.value("ca_provider", "");
  config["data"]["mesh"] =
      fmt::format("defaultConfig:\n  meshId: {}\n{}trustDomain: {}\n", istio.value("mesh_id", "\"\""),
                  provider.empty() ? "" : "  proxyMetadata:\n    CA_PROVIDER: " + provider + "\n",
                  istio.value("trust_domain", "cluster.local"));
  add(state, config);
  json injector = named("v1", "ConfigMap", ns, "istio-sidecar-injector" + suffix);
  const json global = {{"network", istio.value("network", "")},
                       {"caAddress", istio.value("ca_address", "")},
                       {"meshID", istio.value("mesh_id", "")},
                       {"multiCluster", {{"clusterName", istio.value("injected_id", istio.value("cluster_id", ""))}}}};
  injector["data"]["values"] = json{{"global", global}}.dump();
  add(state, injector);
}

/// What istioctl writes for the guide's script (istio-facts 1.1). Keys: network, revision, annotations, ip, host,
/// load_balancer_ip, source_ranges, type, min, max, replicas (without min: no autoscaler), labels (more, of the
/// Service).
void add_gateway(ClusterState& state, const json& gateway) {
  const char* name = "istio-eastwestgateway";
  json labels = {
      {"app", name}, {"istio", "eastwestgateway"}, {"topology.istio.io/network", gateway.value("network", "")}};
  json deployment = named("apps/v1", "Deployment", system_namespace, name);
  deployment["spec"]["selector"]["matchLabels"] = labels;
  deployment["spec"]["replicas"] = gateway.value("replicas", gateway.value("min", 1));
  deployment["spec"]["template"]["metadata"]["labels"] = labels;
  if (gateway.contains("revision")) {
    deployment["spec"]["template"]["metadata"]["labels"]["istio.io/rev"] = gateway["revision"];
  }
  add(state, deployment);
  json service = named("v1", "Service", system_namespace, name);
  service["metadata"]["labels"] = labels;
  service["metadata"]["labels"].update(gateway.value("labels", json::object()));
  if (gateway.contains("annotations")) service["metadata"]["annotations"] = gateway["annotations"];
  service["spec"] = {{"type", gateway.value("type", "LoadBalancer")}, {"selector", labels}};
  if (gateway.contains("load_balancer_ip")) service["spec"]["loadBalancerIP"] = gateway["load_balancer_ip"];
  if (gateway.contains("source_ranges")) service["spec"]["loadBalancerSourceRanges"] = gateway["source_ranges"];
  json ingress = json::array();
  if (gateway.contains("ip")) ingress.push_back({{"ip", gateway["ip"]}});
  if (gateway.contains("host")) ingress.push_back({{"hostname", gateway["host"]}});
  service["status"]["loadBalancer"]["ingress"] = ingress;
  add(state, service);
  if (!gateway.contains("min")) return;
  json scaler = named("autoscaling/v2", "HorizontalPodAutoscaler", system_namespace, name);
  scaler["spec"] = {{"minReplicas", gateway["min"]}, {"maxReplicas", gateway.value("max", 5)}};
  add(state, scaler);
}

/// As istioctl and asmcli write it: a key, and the cluster's name beside it.
void add_remote_secret(ClusterState& state, const std::string& key) {
  json secret = named("v1", "Secret", system_namespace, "istio-remote-secret-" + key);
  secret["metadata"]["labels"] = {{"istio/multiCluster", "true"}};
  secret["metadata"]["annotations"] = {{"networking.istio.io/cluster", key}};
  add(state, secret);
}

}  // namespace

ClusterState live_of_context(const json& context) {
  ClusterState state{.name = context.value("context", "")};
  state.server = context.value("server", "https://10.0.0.1:6443");
  state.server_version = context.value("version", "v1.32.1");
  if (context.contains("unreachable")) {
    state.reading = Unreachable{{{.code = Code::unreachable,
                                  .summary = "API server cannot be reached",
                                  .cause = context["unreachable"],
                                  .hint = "check the network"}}};
    return state;
  }
  json home = named("v1", "Namespace", "", "kube-system");
  home["metadata"]["uid"] = context.value("uid", "uid-of-" + context.value("context", ""));
  add(state, home);
  const json istio = context.value("istio", json::array());
  for (const json& one : istio.is_array() ? istio : json::array({istio})) add_istio(state, one);
  if (context.contains("gateway")) add_gateway(state, context["gateway"]);
  const json secrets = context.value("remote_secrets", json::array());
  for (const json& key : secrets) add_remote_secret(state, key);
  const json objects = context.value("objects", json::array());
  for (const json& object : objects) add(state, object);
  return state;
}

InitCase read_init_case(const json& text) {
  InitCase world{.mesh_name = text.value("mesh", "")};
  for (const json& context : text.at("contexts")) {
    FoundContext found{.name = context.value("context", ""),
                       .server = context.value("server", ""),
                       .login = context.value("login", "")};
    if (context.contains("kubeconfig")) found.kubeconfig = {context["kubeconfig"].get<std::string>()};
    found.is_only_one = context.value("only", false);
    world.found.push_back(istio::inspect_cluster(live_of_context(context), found));
  }
  return world;
}

}  // namespace mesh::testing
