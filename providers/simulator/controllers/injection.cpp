#include "providers/simulator/controllers/injection.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool takes_new_pods(const json& webhook) {
  const auto has = [](const json& rule, const char* list, const char* value) {
    const json& all = items(rule, {list});
    return std::any_of(all.begin(), all.end(), [&](const json& one) { return one == value || one == "*"; });
  };
  const json& rules = items(webhook, {"rules"});
  return std::any_of(rules.begin(), rules.end(), [&](const json& rule) {
    return has(rule, "operations", "CREATE") && has(rule, "resources", "pods");
  });
}

bool chooses(const json& webhook, const char* selector, const Labels& labels) {
  const json* found = at(webhook, {selector});
  return found == nullptr || selects(*found, labels);
}

json proxy(const json& pod, const ControlPlane& plane, const std::string& network) {
  json env = json::array(
      {{{"name", "PILOT_CERT_PROVIDER"}, {"value", text(plane.values, {"global", "pilotCertProvider"})}},
       {{"name", "CA_ADDR"}, {"value", text(plane.values, {"global", "caAddress"})}},
       {{"name", "ISTIO_META_CLUSTER_ID"}, {"value", text(plane.values, {"global", "multiCluster", "clusterName"})}},
       {{"name", "ISTIO_META_MESH_ID"}, {"value", plane.mesh_id}},
       {{"name", "TRUST_DOMAIN"}, {"value", plane.trust_domain}}});
  if (!network.empty()) env.push_back({{"name", "ISTIO_META_NETWORK"}, {"value", network}});
  return {{"name", "istio-proxy"},
          {"image",
           fmt::format("{}/proxyv2:{}", text(plane.values, {"global", "hub"}), text(plane.values, {"global", "tag"}))},
          {"args", {"proxy", annotation(pod, "inject.istio.io/templates") == "gateway" ? "router" : "sidecar"}},
          {"env", std::move(env)},
          {"ports", json::array({{{"name", "http-envoy-prom"}, {"containerPort", 15090}, {"protocol", "TCP"}}})},
          {"readinessProbe", {{"httpGet", {{"path", "/healthz/ready"}, {"port", 15021}}}}}};
}

/// What the pod says of the container wins; the injector fills in what is missing, and the image that is `auto`.
void merge_proxy(json& own, const json& proxy) {
  for (const auto& [key, value] : proxy.items()) {
    if (key == "image" && text(own, {"image"}) == "auto") {
      own["image"] = value;
    } else if (key == "env") {
      json& variables = own["env"];
      for (const json& one : value) {
        const bool there = variables.is_array() &&
                           std::any_of(variables.begin(), variables.end(),
                                       [&](const json& other) { return text(other, {"name"}) == text(one, {"name"}); });
        if (!there) variables.push_back(one);
      }
    } else if (!own.contains(key)) {
      own[key] = value;
    }
  }
}

bool istiod_runs(const Objects& objects, const ControlPlane& plane) {
  for (const ObjectPtr& pod : objects.list(resource::pods, plane.system_namespace)) {
    if (label(*pod, "app") == "istiod" && label(*pod, "istio.io/rev") == plane.revision && is_ready(*pod)) return true;
  }
  return false;
}

/// Whether and by whom a new pod is injected.
struct Injection {
  /// Empty: no webhook of an injector takes the pod.
  std::string webhook;
  std::string revision;
};

Injection injection_of(const Objects& objects, const std::string& ns, const json& pod) {
  const json* host_network = at(pod, {"spec", "hostNetwork"});
  const bool on_host = host_network != nullptr && *host_network == true;
  if (on_host || ns == "kube-system" || ns == "kube-public") return {};
  const ObjectPtr home = objects.get(resource::namespaces, "", ns);
  const Labels of_namespace = home == nullptr ? Labels() : labels_of(*home);
  const Labels of_pod = labels_of(pod);
  for (const ObjectPtr& configuration : objects.list(resource::webhooks, "")) {
    if (label(*configuration, "app") != "sidecar-injector") continue;
    for (const json& webhook : items(*configuration, {"webhooks"})) {
      if (!takes_new_pods(webhook) || !chooses(webhook, "namespaceSelector", of_namespace) ||
          !chooses(webhook, "objectSelector", of_pod)) {
        continue;
      }
      const std::string revision = label(*configuration, "istio.io/rev");
      return {text(webhook, {"name"}), revision.empty() ? "default" : revision};
    }
  }
  return {};
}

json injected(json pod, const ControlPlane& plane) {
  if (annotation(pod, "sidecar.istio.io/inject") == "false" || label(pod, "sidecar.istio.io/inject") == "false")
    return pod;
  json& metadata = pod["metadata"];
  std::string network = label(pod, "topology.istio.io/network");
  if (network.empty()) network = plane.network;
  const json container = proxy(pod, plane, network);
  json& containers = pod["spec"]["containers"];
  const auto own = std::find_if(containers.begin(), containers.end(),
                                [](const json& one) { return text(one, {"name"}) == "istio-proxy"; });
  if (own == containers.end()) {
    containers.push_back(container);
  } else {
    merge_proxy(*own, container);
  }
  if (annotation(pod, "inject.istio.io/templates") != "gateway") {
    metadata["labels"]["security.istio.io/tlsMode"] = "istio";
    pod["spec"]["initContainers"].push_back({{"name", "istio-init"}, {"image", container["image"]}});
  }
  metadata["labels"].emplace("istio.io/rev", plane.revision);
  if (!network.empty()) metadata["labels"].emplace("topology.istio.io/network", network);
  metadata["labels"].emplace("service.istio.io/canonical-name",
                             label(pod, "app").empty() ? name_of(pod) : label(pod, "app"));
  metadata["annotations"]["istio.io/rev"] = plane.revision;
  metadata["annotations"]["sidecar.istio.io/status"] =
      json{{"initContainers", {"istio-init"}}, {"containers", {"istio-proxy"}}, {"revision", plane.revision}}.dump();
  return pod;
}

}  // namespace

std::optional<std::string> inject(const ClusterContext& context, const std::string& ns, json& pod) {
  const Objects& objects = *context.objects;
  const std::string& system_namespace = context.settings.system_namespace;
  const std::string name = name_of(pod).empty() ? text(pod, {"metadata", "generateName"}) : name_of(pod);
  const auto struck = [&](FaultKind kind) { return context.faults.strikes(kind, context.settings.name, ns, name); };
  const Injection injection = injection_of(objects, ns, pod);
  if (injection.webhook.empty() || struck(FaultKind::not_injected)) return std::nullopt;
  auto planes = control_planes_of(objects, system_namespace);
  const auto plane = std::find_if(planes.begin(), planes.end(),
                                  [&](const ControlPlane& one) { return one.revision == injection.revision; });
  // The webhook fails closed: no istiod, no pod.
  if (plane == planes.end() || !istiod_runs(objects, *plane) || struck(FaultKind::injection_fails)) {
    return fmt::format(
        "failed calling webhook \"{}\": failed to call webhook: Post "
        "\"https://istiod.{}.svc:443/inject?timeout=10s\": no endpoints available for service \"istiod\"",
        injection.webhook, system_namespace);
  }
  if (struck(FaultKind::injected_without_network)) plane->network.clear();
  pod = injected(std::move(pod), *plane);
  return std::nullopt;
}

}  // namespace mesh::simulator
