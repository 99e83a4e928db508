#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// What istiod uses where no id is set (istio-facts 0).
constexpr const char* default_cluster_id = "Kubernetes";

ObjectId injector_id(const ClusterView& cluster) {
  return {"v1", "ConfigMap", cluster.ns(), "istio-sidecar-injector" + cluster.suffix()};
}
ObjectId config_id(const ClusterView& cluster) { return {"v1", "ConfigMap", cluster.ns(), "istio" + cluster.suffix()}; }

std::optional<ObjectId> istiod_id(const ClusterView& cluster) {
  return cluster.istiod == nullptr ? std::nullopt : std::optional(cluster.istiod->id);
}

std::string trust_domain_of(const ClusterView& cluster) {
  const std::string domain = cluster.config({"trustDomain"});
  return domain.empty() ? "cluster.local" : domain;
}

/// Where no id is set, istiod uses the trust domain.
std::string mesh_id_of(const ClusterView& cluster) {
  std::string id = cluster.config({"defaultConfig", "meshId"});
  if (id.empty()) id = cluster.value({"global", "meshID"});
  return id.empty() ? trust_domain_of(cluster) : id;
}

bool trusts(const ClusterView& cluster, const std::string& domain) {
  if (trust_domain_of(cluster) == domain) return true;
  const json& aliases = list_at(cluster.mesh_config, {"trustDomainAliases"});
  return std::find(aliases.begin(), aliases.end(), json(domain)) != aliases.end();
}

const char* name_of(CertificateAuthority ca) {
  if (ca == CertificateAuthority::mesh_ca) return "mesh-ca";
  return ca == CertificateAuthority::ca_service ? "ca-service" : "istio-ca";
}

/// In the words of the spec; an address that is none of Google's as it is (istio-facts 6.1).
std::string ca_of(const ClusterView& cluster) {
  std::string provider = cluster.config({"defaultConfig", "proxyMetadata", "CA_PROVIDER"});
  if (provider == "GoogleCA") return "mesh-ca";
  if (provider == "GoogleCAS") return "ca-service";
  if (provider == "Citadel") return "istio-ca";
  if (!provider.empty()) return provider;
  const std::string address = cluster.value({"global", "caAddress"});
  if (address.starts_with("meshca.googleapis.com")) return "mesh-ca";
  if (address.starts_with("privateca.googleapis.com")) return "ca-service";
  return address.empty() || address.starts_with("istiod") ? "istio-ca" : address;
}

/// One finding for each cluster that differs from the first.
template <class Value, class Report>
void report_differing(const MeshView& mesh, Value value, Report report) {
  for (const ClusterView* one : mesh.clusters) {
    const ClusterView& first = *mesh.clusters.front();
    if (value(*one) != value(first)) report(first, *one, value(first), value(*one));
  }
}

}  // namespace

/// The same judgement as a plan's cluster_id_mismatch (istio-facts 6.6).
void check_cluster_id_spec(const ClusterView& cluster, Findings& found) {
  for (const Diagnostic& one : cluster.plane.diagnostics) {
    if (one.code != Code::cluster_id_mismatch) continue;
    found.push_back({.object = istiod_id(cluster),
                     .read = one.cause,
                     .means = "rules on `topology.istio.io/cluster` match nothing, and the cluster may count twice",
                     .hint = one.hint});
  }
}

void check_cluster_id_injector(const ClusterView& cluster, Findings& found) {
  const std::string injected = cluster.value({"global", "multiCluster", "clusterName"});
  const std::string own = cluster.env("CLUSTER_ID");
  if (injected.empty() || own.empty() || injected == own) return;
  found.push_back(
      {.object = injector_id(cluster),
       .read = fmt::format("global.multiCluster.clusterName is `{}`, istiod's CLUSTER_ID is `{}`", injected, own),
       .means = "istiod does not know the cluster that proxies say they are in, and refuses their tokens",
       .hint = "install the control plane again with one value of global.multiCluster.clusterName"});
}

void check_cluster_id_default(const ClusterView& cluster, Findings& found) {
  if (cluster.spec.clusters.size() < 2 || cluster.istiod == nullptr) return;
  const std::string own = cluster.env("CLUSTER_ID");
  if (!own.empty() && own != default_cluster_id) return;
  found.push_back(
      {.object = istiod_id(cluster),
       .read = own.empty() ? "istiod has no CLUSTER_ID" : fmt::format("CLUSTER_ID is `{}`", own),
       .means = "this is the id that Istio gives to every cluster that has none of its own",
       .hint = fmt::format("install the control plane with global.multiCluster.clusterName={}", cluster.cluster.id)});
}

void check_cluster_id_duplicate(const MeshView& mesh, Findings& found) {
  std::map<std::string, const ClusterView*> known;
  for (const ClusterView* one : mesh.clusters) {
    const std::string id = one->env("CLUSTER_ID");
    if (id.empty()) continue;
    const auto [first, added] = known.emplace(id, one);
    if (added) continue;
    found.push_back({.cluster = one->cluster.name,
                     .peer = first->second->cluster.name,
                     .object = istiod_id(*one),
                     .read = fmt::format("CLUSTER_ID is `{}` in both", id),
                     .means = "each istiod takes the other's remote Secret for its own cluster and ignores it",
                     .hint = "install one of the control planes again with another cluster id"});
  }
}

void check_mesh_id_spec(const ClusterView& cluster, Findings& found) {
  if (cluster.mesh_config.is_null()) return;
  const std::string id = mesh_id_of(cluster);
  if (id == cluster.spec.mesh.id || id == trust_domain_of(cluster)) return;
  found.push_back(
      {.object = config_id(cluster),
       .read = fmt::format("the mesh id is `{}`, the spec says `{}`", id, cluster.spec.mesh.id),
       .means = "telemetry counts the cluster to another mesh",
       .hint = "correct `mesh.id` (or `project_number`) in the spec, or install the control plane with it"});
}

/// (istio-facts 0, 6.5)
void check_mesh_id_differs(const MeshView& mesh, Findings& found) {
  report_differing(mesh, mesh_id_of, [&](const auto& first, const auto& one, const auto& of_first, const auto& id) {
    found.push_back({.cluster = one.cluster.name,
                     .peer = first.cluster.name,
                     .object = config_id(one),
                     .read = fmt::format("the mesh id is `{}`, in {} it is `{}`", id, first.cluster.name, of_first),
                     .means = "the control planes say that they are of two meshes",
                     .hint = "install both control planes with one meshConfig.defaultConfig.meshId"});
  });
}

/// A client computes the names that it accepts with its own trust domain and its aliases (istio-facts 6.5).
void check_trust_domain(const MeshView& mesh, Findings& found) {
  for (const ClusterView* one : mesh.clusters) {
    for (const std::string& peer_name : one->cluster.peers) {
      const ClusterView* peer = mesh.find(peer_name);
      if (peer == nullptr || trusts(*one, trust_domain_of(*peer))) continue;
      found.push_back({.cluster = one->cluster.name,
                       .peer = peer_name,
                       .object = config_id(*one),
                       .read = fmt::format("the trust domain is `{}`, that of {} is `{}` and no alias here",
                                           trust_domain_of(*one), peer_name, trust_domain_of(*peer)),
                       .means = fmt::format("workloads here refuse the certificates of {}", peer_name),
                       .hint = fmt::format("add `{}` to meshConfig.trustDomainAliases here", trust_domain_of(*peer))});
    }
  }
}

void check_ca_type_spec(const ClusterView& cluster, Findings& found) {
  const std::string desired = name_of(cluster.spec.mesh.ca);
  const std::string runs = ca_of(cluster);
  if (runs == desired) return;
  found.push_back({.object = config_id(cluster),
                   .read = fmt::format("certificates come from `{}`, the spec says `{}`", runs, desired),
                   .means = "what the spec says about trust is not what runs",
                   .hint = "correct `mesh.ca`, or install the control plane with that authority"});
}

/// (istio-facts 6.1)
void check_ca_type_differs(const MeshView& mesh, Findings& found) {
  report_differing(mesh, ca_of, [&](const auto& first, const auto& one, const auto& of_first, const auto& ca) {
    found.push_back(
        {.cluster = one.cluster.name,
         .peer = first.cluster.name,
         .object = config_id(one),
         .read = fmt::format("certificates come from `{}`, in {} from `{}`", ca, first.cluster.name, of_first),
         .means = "the two have no common root: mTLS between them fails",
         .hint = "install both control planes with one certificate authority"});
  });
}

/// What the guide prescribes has no effect in an injected gateway, and only `istiod` works there (istio-facts 1.4).
void check_certificate_provider(const ClusterView& cluster, Findings& found) {
  const std::string runs = cluster.value({"global", "pilotCertProvider"});
  if (runs.empty() || runs == "istiod") return;
  const auto guide = cluster.platform.certificate_providers.find(cluster.spec.mesh.ca);
  const std::string prescribed =
      guide == cluster.platform.certificate_providers.end() ? "names none" : fmt::format("names `{}`", guide->second);
  found.push_back(
      {.object = injector_id(cluster),
       .read = fmt::format("global.pilotCertProvider is `{}`; the guide {} for this platform", runs, prescribed),
       .means = runs == "kubernetes"
                    ? "proxies trust the API server's authority for istiod, and istiod does not start with "
                      "this value on Kubernetes since 1.22"
                    : "proxies look for istiod's root where this provider puts it",
       .hint = "install the control plane with values.global.pilotCertProvider=istiod"});
}

/// The Gateway opens `*.local` (istio-facts 4).
void check_cluster_domain(const ClusterView& cluster, Findings& found) {
  if (cluster.istiod == nullptr) return;
  for (const json& container : list_at(*cluster.istiod->body, {"spec", "template", "spec", "containers"})) {
    const json& args = list_at(container, {"args"});
    for (std::size_t i = 0; i + 1 < args.size(); ++i) {
      if (args[i] != "--domain") continue;
      const std::string domain = text_of(&args[i + 1]);
      if (domain.ends_with(".local")) continue;
      found.push_back({.object = cluster.istiod->id,
                       .read = fmt::format("istiod's --domain is `{}`", domain),
                       .means = "the gateway opens hosts of `*.local` only: no Service of this cluster is among them",
                       .hint = "install the cluster with a domain that ends in `.local`"});
    }
  }
}

}  // namespace mesh::istio
