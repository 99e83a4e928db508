#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "providers/istio/checks/label_selector.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

ObjectId mesh_config_id(const ClusterView& cluster) {
  return {"v1", "ConfigMap", cluster.ns(), "istio" + cluster.suffix()};
}

std::string root_namespace(const ClusterView& cluster) {
  const std::string root = cluster.config({"rootNamespace"});
  return root.empty() ? cluster.ns() : root;
}

bool is_disabled(const Object& policy) {
  if (text_at(policy.body, {"spec", "mtls", "mode"}) == "DISABLE") return true;
  const json* ports = find_field(policy.body, {"spec", "portLevelMtls"});
  return ports != nullptr &&
         std::any_of(ports->begin(), ports->end(), [](const json& port) { return text_at(port, "mode") == "DISABLE"; });
}

bool is_of_whole_namespace(const Object& policy) {
  const json* selector = find_field(policy.body, {"spec", "selector", "matchLabels"});
  return selector == nullptr || selector->empty();
}

bool turns_mesh_off(const ClusterView& cluster, const Object& policy) {
  return text_at(policy.body, {"spec", "mtls", "mode"}) == "DISABLE" && is_of_whole_namespace(policy) &&
         policy.id.ns == root_namespace(cluster);
}

bool selects_namespace(const ClusterView& cluster, const ClusterView& of) {
  const json& selectors = list_at(cluster.mesh_config, {"discoverySelectors"});
  const Object* home = of.found(namespace_id(of.ns()));
  json labels = home == nullptr ? json::object() : labels_of(*home);
  labels["kubernetes.io/metadata.name"] = of.ns();
  return selectors.empty() ||
         std::any_of(selectors.begin(), selectors.end(), [&](const json& one) { return selects(&one, labels); });
}

}  // namespace

/// (istio-facts 6.9)
void check_discovery_selectors(const ClusterView& cluster, Findings& found) {
  if (list_at(cluster.mesh_config, {"discoverySelectors"}).empty()) return;
  found.push_back({.object = mesh_config_id(cluster),
                   .read = "the mesh configuration has discoverySelectors",
                   .means = "istiod sees only namespaces that they select, in the other clusters as well",
                   .hint = "see that namespaces with shared services have the labels in every cluster"});
}

/// (istio-facts 6.9)
void check_discovery_selectors_system(const MeshView& mesh, Findings& found) {
  for (const ClusterView* one : mesh.clusters) {
    std::vector<std::string> names = one->cluster.peers;
    names.push_back(one->cluster.name);
    for (const std::string& name : names) {
      const ClusterView* of = mesh.find(name);
      if (of == nullptr || selects_namespace(*one, *of)) continue;
      found.push_back({.cluster = one->cluster.name,
                       .peer = of == one ? std::string() : name,
                       .object = mesh_config_id(*one),
                       .read = fmt::format("discoverySelectors do not select namespace {} of {}", of->ns(), name),
                       .means = "istiod sees neither the network label nor the gateway's Service there",
                       .hint = fmt::format("add a selector for kubernetes.io/metadata.name: {}", of->ns())});
    }
  }
}

/// Endpoints without mTLS vanish from other networks (istio-facts 6.11).
void check_mtls_mesh(const ClusterView& cluster, Findings& found) {
  for (const Object& policy : cluster.objects(Topic::peer_authentications)) {
    if (!turns_mesh_off(cluster, policy)) continue;
    found.push_back({.object = policy.id,
                     .read = "mtls.mode is DISABLE for the whole mesh",
                     .means = "no service of this cluster can be called from another network",
                     .hint = "set it to PERMISSIVE or STRICT"});
  }
}

/// (istio-facts 6.11)
void check_mtls_namespace(const ClusterView& cluster, Findings& found) {
  for (const Object& policy : cluster.objects(Topic::peer_authentications)) {
    if (!is_disabled(policy) || turns_mesh_off(cluster, policy)) continue;
    found.push_back({.object = policy.id,
                     .read = is_of_whole_namespace(policy) ? "mTLS is DISABLE in this namespace"
                                                           : "mTLS is DISABLE for the workloads that it selects",
                     .means = "they cannot be called from other networks",
                     .hint = "set it to PERMISSIVE, unless they are to stay in their cluster"});
  }
}

/// (istio-facts 6.11)
void check_mtls_destination_rule(const ClusterView& cluster, Findings& found) {
  for (const Object& rule : cluster.objects(Topic::destination_rules)) {
    const std::string host = text_at(rule.body, {"spec", "host"});
    const std::string mode = text_at(rule.body, {"spec", "trafficPolicy", "tls", "mode"});
    if (mode != "DISABLE" || host.find("kube") != std::string::npos) continue;
    if (!host.ends_with(".local") && host.find('.') != std::string::npos) continue;
    found.push_back({.object = rule.id,
                     .read = fmt::format("tls.mode is DISABLE for host `{}`", host),
                     .means = "callers leave mTLS out, and calls through a gateway of another network fail",
                     .hint = "leave tls out, or set it to ISTIO_MUTUAL"});
  }
}

/// (istio-facts 6.9)
void check_cluster_local(const ClusterView& cluster, Findings& found) {
  for (const json& setting : list_at(cluster.mesh_config, {"serviceSettings"})) {
    if (text_at(setting, {"settings", "clusterLocal"}) != "true") continue;
    for (const json& host : list_at(setting, {"hosts"})) {
      found.push_back({.object = mesh_config_id(cluster),
                       .read = fmt::format("serviceSettings make `{}` cluster-local", text_of(&host)),
                       .means = "callers here only reach the endpoints of their own cluster",
                       .hint = "take the host out, unless that is meant"});
    }
  }
}

}  // namespace mesh::istio
