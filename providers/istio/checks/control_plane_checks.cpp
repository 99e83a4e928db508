#include <fmt/format.h>

#include <charconv>
#include <set>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// Since 1.28 a revision tag is a Service too (istio-facts 10).
constexpr const char* tag_label = "istio.io/tag";

std::string label_of(const Object& object, const char* key) {
  return text_at(object.body, {"metadata", "labels", key});
}

/// The version behind the image's last colon: `1.23.3`, `1.23.3-asm.2`.
std::string version_of(const ClusterView& cluster) {
  if (cluster.istiod == nullptr) return {};
  const json& containers = list_at(*cluster.istiod->body, {"spec", "template", "spec", "containers"});
  for (const json& container : containers) {
    const std::string image = text_at(container, "image");
    const auto colon = image.rfind(':');
    if (colon != std::string::npos && image.find('/', colon) == std::string::npos) return image.substr(colon + 1);
  }
  return {};
}

std::optional<int> minor_of(const std::string& version) {
  if (!version.starts_with("1.")) return std::nullopt;
  int minor = 0;
  const auto [end, error] = std::from_chars(version.data() + 2, version.data() + version.size(), minor);
  return error == std::errc() && end != version.data() + 2 ? std::optional(minor) : std::nullopt;
}

/// Calls `visit(configuration, webhook)` for each webhook of the revision's own configuration.
template <class Visit>
void for_each_webhook(const ClusterView& cluster, Visit visit) {
  for (const Object& configuration : cluster.objects(Topic::webhooks)) {
    if (label_of(configuration, revision_label) != cluster.revision) continue;
    for (const json& webhook : list_at(configuration.body, {"webhooks"})) visit(configuration, webhook);
  }
}

bool has_ready_endpoint(const ClusterView& cluster, const std::string& service) {
  for (const Object& slice : cluster.objects(Topic::endpoint_slices)) {
    if (label_of(slice, "kubernetes.io/service-name") != service) continue;
    for (const json& endpoint : list_at(slice.body, {"endpoints"})) {
      const json* ready = find_field(endpoint, {"conditions", "ready"});
      if (ready == nullptr || *ready != false) return true;
    }
  }
  return false;
}

}  // namespace

/// The judgement of a plan about control planes, and what a tag in the place of a revision is.
void check_istiod_missing(const ClusterView& cluster, Findings& found) {
  for (const Diagnostic& one : cluster.plane.diagnostics) {
    if (one.severity != Severity::error) continue;
    found.push_back({.read = one.cause, .means = "neither gateway nor discovery can work here", .hint = one.hint});
  }
}

void check_istiod_ready(const ClusterView& cluster, Findings& found) {
  if (cluster.istiod == nullptr) return;
  const Readiness ready = readiness_of(cluster.istiod->id, cluster.istiod);
  if (ready.ready()) return;
  found.push_back({.object = cluster.istiod->id,
                   .read = ready.message,
                   .means = "new pods are not injected, and proxies hear of no change",
                   .hint = fmt::format("kubectl -n {} describe deployment {}", cluster.ns(), cluster.istiod->id.name)});
}

void check_istiod_endpoints(const ClusterView& cluster, Findings& found) {
  std::set<std::string> seen;
  for_each_webhook(cluster, [&](const Object&, const json& webhook) {
    const std::string service = text_at(webhook, {"clientConfig", "service", "name"});
    if (service.empty() || !seen.insert(service).second) return;
    if (text_at(webhook, {"clientConfig", "service", "namespace"}) != cluster.ns()) return;
    if (has_ready_endpoint(cluster, service)) return;
    found.push_back({.object = ObjectId{"v1", "Service", cluster.ns(), service},
                     .read = "the Service that the injection webhook calls has no ready endpoint",
                     .means = "the API server refuses new pods that are to be injected, the gateway's among them",
                     .hint = fmt::format("kubectl -n {} get endpointslices -l kubernetes.io/service-name={}",
                                         cluster.ns(), service)});
  });
}

/// With a URL in place of a Service and without a caBundle the authorities of the API server's host are trusted.
void check_ca_bundle(const ClusterView& cluster, Findings& found) {
  std::set<std::string> seen;
  for_each_webhook(cluster, [&](const Object& configuration, const json& webhook) {
    if (!text_at(webhook, {"clientConfig", "url"}).empty()) return;
    if (!text_at(webhook, {"clientConfig", "caBundle"}).empty() || !seen.insert(configuration.id.name).second) return;
    found.push_back({.object = configuration.id,
                     .read = fmt::format("webhook {} has no caBundle", text_at(webhook, "name")),
                     .means = "the API server trusts no certificate of istiod: new pods are refused",
                     .hint = "look why istiod does not write it: its log, and its right to patch this object"});
  });
}

void check_injector_config(const ClusterView& cluster, Findings& found) {
  if (!cluster.plane.ready) return;
  const auto missing = [&](const std::string& name, const char* key) {
    found.push_back({.object = ObjectId{"v1", "ConfigMap", cluster.ns(), name},
                     .read = fmt::format("it does not exist, or its key `{}` is not what Istio writes", key),
                     .means = "networks, mesh id, trust domain and certificate authority of this cluster are not known",
                     .hint = fmt::format("kubectl -n {} get configmap {} -o yaml", cluster.ns(), name)});
  };
  if (cluster.mesh_config.is_null()) missing("istio" + cluster.suffix(), "mesh");
  if (cluster.injector.is_null()) missing("istio-sidecar-injector" + cluster.suffix(), "values");
}

/// (istio-facts 10)
void check_revision_tags(const ClusterView& cluster, Findings& found) {
  std::set<std::string> revisions;
  for (const Istiod& one : istiods_of(cluster.live, cluster.ns())) revisions.insert(one.revision);
  for (const Topic topic : {Topic::webhooks, Topic::services}) {
    for (const Object& object : cluster.objects(topic)) {
      const std::string tag = label_of(object, tag_label);
      const std::string revision = label_of(object, revision_label);
      if (tag.empty() || revisions.contains(revision)) continue;
      found.push_back(
          {.object = object.id,
           .read = fmt::format("tag `{}` stands for revision `{}`, of which there is no istiod", tag, revision),
           .means = "pods that name this tag cannot be injected",
           .hint = fmt::format("istioctl tag set {} --revision {} --overwrite", tag, cluster.revision)});
    }
  }
}

/// (istio-facts 6.8)
void check_version_skew(const MeshView& mesh, Findings& found) {
  const ClusterView* oldest = nullptr;
  for (const ClusterView* one : mesh.clusters) {
    const auto minor = minor_of(version_of(*one));
    if (minor && (oldest == nullptr || *minor < *minor_of(version_of(*oldest)))) oldest = one;
  }
  for (const ClusterView* one : mesh.clusters) {
    const auto minor = minor_of(version_of(*one));
    if (!minor || *minor - *minor_of(version_of(*oldest)) <= 1) continue;
    found.push_back({.cluster = one->cluster.name,
                     .peer = oldest->cluster.name,
                     .object = one->istiod->id,
                     .read = fmt::format("istiod is of version {}, in {} of {}", version_of(*one), oldest->cluster.name,
                                         version_of(*oldest)),
                     .means = "Istio tests control planes together that are one minor version apart",
                     .hint = fmt::format("upgrade the control plane of {}", oldest->cluster.name)});
  }
}

/// (istio-facts 5.4)
void check_remote_cluster_timeout(const ClusterView& cluster, Findings& found) {
  const std::string timeout = cluster.env("PILOT_REMOTE_CLUSTER_TIMEOUT");
  if (timeout != "0" && timeout != "0s") return;
  found.push_back({.object = cluster.istiod->id,
                   .read = fmt::format("PILOT_REMOTE_CLUSTER_TIMEOUT is `{}`", timeout),
                   .means = "an istiod that starts while a peer does not answer waits for it without end",
                   .hint = "leave the variable out: 30s is Istio's own value"});
}

/// (istio-facts 10)
void check_remote_kubeconfig_files(const ClusterView& cluster, Findings& found) {
  const std::string path = cluster.env("PILOT_MULTICLUSTER_KUBECONFIG_PATH");
  if (path.empty()) return;
  found.push_back({.object = cluster.istiod->id,
                   .read = fmt::format("PILOT_MULTICLUSTER_KUBECONFIG_PATH is `{}`", path),
                   .means = "istiod discovers clusters from files that mesh neither sees nor writes",
                   .hint = "leave there only clusters that the spec does not name"});
}

/// (istio-facts 10)
void check_ambient(const ClusterView& cluster, Findings& found) {
  const Object* home = cluster.found(namespace_id(cluster.ns()));
  const bool labelled = home != nullptr && label_of(*home, "istio.io/dataplane-mode") == "ambient";
  const bool enabled =
      cluster.env("PILOT_ENABLE_AMBIENT") == "true" || cluster.env("AMBIENT_ENABLE_MULTI_NETWORK") == "true";
  if (!labelled && !enabled) return;
  found.push_back({.object = cluster.istiod == nullptr ? namespace_id(cluster.ns()) : cluster.istiod->id,
                   .read = labelled ? "the system namespace has istio.io/dataplane-mode=ambient"
                                    : "istiod runs with ambient mode on",
                   .means = "mesh joins clusters for sidecars (port 15443); ambient workloads need a gateway for HBONE "
                            "(port 15008), which mesh does not make: not supported",
                   .hint = "give the workloads that are to cross clusters a sidecar"});
}

}  // namespace mesh::istio
