#include "providers/istio/checks/trust_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "engine/base/time.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/trust/acceptance.h"
#include "providers/istio/trust/cluster_trust.h"
#include "providers/istio/trust/trust_graph.h"

namespace mesh::istio {
namespace {

/// To replace a root takes a second one in every trust bundle first, so it takes time.
constexpr auto soon = std::chrono::hours(90 * 24);

ObjectId roots_id(const ClusterView& cluster) { return {"v1", "ConfigMap", cluster.ns(), "istio-ca-root-cert"}; }
ObjectId mesh_config_of(const ClusterView& cluster) {
  return {"v1", "ConfigMap", cluster.ns(), "istio" + cluster.suffix()};
}

std::string fingerprint_of(const CaCertificate& root) { return root.key_sha256.substr(0, 12); }
std::string text_of_root(const CaCertificate& root) {
  return fmt::format("{} (key sha256 {})", root.subject, fingerprint_of(root));
}

std::string roots_of(const ClusterTrust& trust) {
  std::vector<std::string> texts;
  for (const CaCertificate& root : trust.roots) texts.push_back(text_of_root(root));
  return fmt::format("{}", fmt::join(texts, ", "));
}

ClusterTrust trust_of_view(const ClusterView& view) {
  return cluster_trust({.cluster = view.cluster.name,
                        .system_namespace = view.ns(),
                        .live = &view.live,
                        .istiod = view.istiod,
                        .has_config_maps = view.reading.lists.contains(name_of(Topic::config_maps)) &&
                                           view.unknown(Topic::config_maps) == nullptr,
                        .mesh_config = &view.mesh_config,
                        .injector = &view.injector,
                        .root_certificates = view.find(Topic::config_maps, "istio-ca-root-cert")});
}

/// Calls `look` for each cluster of which the check knows what it needs.
template <class Look>
void for_each_trust(const MeshView& mesh, Look look) {
  for (const ClusterTrust& trust : mesh.trust->clusters) {
    if (const ClusterView* view = mesh.find(trust.cluster)) look(*view, trust);
  }
}

/// The clusters of a trust graph with the index of their group.
std::map<std::string, std::size_t> groups_by_cluster(const TrustGraph& graph) {
  std::map<std::string, std::size_t> groups;
  for (std::size_t i = 0; i < graph.groups.size(); ++i) {
    for (const std::string& cluster : graph.groups[i].clusters) groups[cluster] = i;
  }
  return groups;
}

/// How the root of `of` comes into the bundle of `into`: a plugged CA takes it into its own file
/// (istio-facts 6.3, 6.4).
std::string how_to_add(const ClusterTrust& into) {
  return into.plugged == Answer::yes ? "to `root-cert.pem` of Secret cacerts, then restart istiod and the workloads"
                                     : "to meshConfig.caCertificates, with ISTIO_MULTIROOT_MESH=true in istiod and "
                                       "PROXY_CONFIG_XDS_AGENT=true in "
                                       "defaultConfig.proxyMetadata";
}

std::string additions_for(const TrustGraph& graph, const ClusterTrust& one, const ClusterTrust& other) {
  std::string text;
  for (const MissingBundle& bundle : graph.bundles) {
    for (const auto& [from, into] : {std::pair(&one, &other), std::pair(&other, &one)}) {
      const auto has = [](const std::vector<std::string>& names, const ClusterTrust& trust) {
        return std::find(names.begin(), names.end(), trust.cluster) != names.end();
      };
      if (!has(bundle.of, *from) || !has(bundle.into, *into)) continue;
      text += fmt::format("{}in {} add {} {}", text.empty() ? "" : "; ", into->cluster, text_of_root(bundle.root),
                          how_to_add(*into));
    }
  }
  return text.empty() ? "give both clusters a CA below one root" : text + "; or give both a CA below one root";
}

}  // namespace

TrustGraph trust_of_views(const Spec& spec, const std::vector<ClusterView>& views,
                          const std::vector<std::string>& silent, const std::string& now) {
  std::vector<ClusterTrust> clusters;
  std::set<std::string> names(silent.begin(), silent.end());
  for (const std::string& name : silent) clusters.push_back(cluster_trust({.cluster = name}));
  for (const ClusterView& view : views) {
    clusters.push_back(trust_of_view(view));
    names.insert(view.cluster.name);
  }
  PlannedEdges planned;
  for (const auto& [name, cluster] : spec.clusters) {
    for (const std::string& peer : cluster.peers) {
      if (names.contains(name) && names.contains(peer)) planned.emplace_back(name, peer);
    }
  }
  return trust_graph(std::move(clusters), planned, now);
}

/// One finding for all pairs of the same two groups; where the kinds of CA differ, another check says so
/// (istio-facts 6.2, 6.4).
void check_trust_roots(const MeshView& mesh, Findings& found) {
  std::map<std::string, const ClusterTrust*> trusts;
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) { trusts[view.cluster.name] = &trust; });
  const auto groups = groups_by_cluster(*mesh.trust);
  std::map<std::pair<std::size_t, std::size_t>, std::pair<const TrustEdge*, std::set<std::set<std::string>>>> broken;
  for (const TrustEdge& edge : mesh.trust->edges) {
    const auto from = trusts.find(edge.from);
    const auto to = trusts.find(edge.to);
    if (from == trusts.end() || to == trusts.end() || from->second->ca != to->second->ca) continue;
    if (both(edge.from_accepts_root, edge.to_accepts_root) != Answer::no) continue;
    auto& [first, pairs] = broken[std::minmax(groups.at(edge.from), groups.at(edge.to))];
    if (first == nullptr) first = &edge;
    pairs.insert({edge.from, edge.to});
  }
  for (const auto& [unused, entry] : broken) {
    const auto& [edge, pairs] = entry;
    const ClusterTrust& from = *trusts.at(edge->from);
    const ClusterTrust& to = *trusts.at(edge->to);
    const std::string more = pairs.size() > 1 ? fmt::format("; {} pairs of clusters in all", pairs.size()) : "";
    found.push_back({.cluster = edge->from,
                     .peer = edge->to,
                     .object = roots_id(*mesh.find(edge->from)),
                     .read = fmt::format("{} here, {} in {}{}", roots_of(from), roots_of(to), edge->to, more),
                     .means = edge->reason + ": mTLS between them fails",
                     .hint = additions_for(*mesh.trust, from, to)});
  }
}

void check_trust_one_way(const MeshView& mesh, Findings& found) {
  for (const TrustEdge& edge : mesh.trust->edges) {
    if (edge.verdict != TrustVerdict::works_one_way || mesh.find(edge.from) == nullptr) continue;
    found.push_back({.cluster = edge.from,
                     .peer = edge.to,
                     .object = mesh_config_of(*mesh.find(edge.from)),
                     .read = edge.reason,
                     .means = "each side has its own check of trust domains, and only one of the two ways passes both",
                     .hint = "list the trust domain of the other cluster in meshConfig.trustDomainAliases of both"});
  }
}

/// What other findings do not say already: a thing that could not be read is one of the reading.
void check_trust_known(const MeshView& mesh, Findings& found) {
  for (const TrustEdge& edge : mesh.trust->edges) {
    if (edge.verdict != TrustVerdict::unknown || mesh.find(edge.from) == nullptr || mesh.find(edge.to) == nullptr)
      continue;
    const auto back = std::pair(edge.to, edge.from);
    if (std::any_of(found.begin(), found.end(),
                    [&](const Finding& one) { return one.cluster == back.first && one.peer == back.second; }))
      continue;
    found.push_back({.cluster = edge.from,
                     .peer = edge.to,
                     .object = roots_id(*mesh.find(edge.from)),
                     .read = edge.reason,
                     .means = "whether mTLS between the two works cannot be told from here",
                     .hint = "`mesh verify` tells by traffic"});
  }
}

void check_root_expired(const MeshView& mesh, Findings& found) {
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) {
    for (const CaCertificate& root : trust.roots) {
      if (!root.is_ca || root.valid_at(mesh.now)) continue;
      found.push_back(
          {.cluster = view.cluster.name,
           .object = roots_id(view),
           .read = fmt::format("{} is valid from {} until {}", text_of_root(root), root.not_before, root.not_after),
           .means = "no proxy accepts a certificate below it now",
           .hint = "renew the root with its key, or replace the CA, then restart istiod and the workloads"});
    }
  });
}

void check_root_expires_soon(const MeshView& mesh, Findings& found) {
  const auto now = parse_rfc3339(mesh.now);
  if (!now) return;
  const std::string then = rfc3339(*now + soon);
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) {
    for (const CaCertificate& root : trust.roots) {
      if (!root.valid_at(mesh.now) || root.not_after > then) continue;
      found.push_back({.cluster = view.cluster.name,
                       .object = roots_id(view),
                       .read = fmt::format("{} is valid until {}", text_of_root(root), root.not_after),
                       .means = "from then on no proxy accepts a certificate below it",
                       .hint = "add the new root to the trust bundles of all clusters first, then change the CA"});
    }
  });
}

void check_root_certificates(const MeshView& mesh, Findings& found) {
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) {
    for (const CaCertificate& root : trust.roots) {
      if (root.is_ca && root.self_issued()) continue;
      found.push_back({.cluster = view.cluster.name,
                       .object = roots_id(view),
                       .read = fmt::format("{} {}", text_of_root(root),
                                           root.is_ca ? "was issued by " + root.issuer : "is not a CA certificate"),
                       .means = root.is_ca
                                    ? "an intermediate is trusted in place of its root: clusters that trust only the "
                                      "root may refuse each other"
                                    : "no certificate below it is accepted",
                       .hint = "put the root itself into `root-cert.pem` of Secret cacerts, then restart istiod"});
    }
  });
}

void check_added_roots(const MeshView& mesh, Findings& found) {
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) {
    if (trust.added_unused.empty()) return;
    found.push_back({.cluster = view.cluster.name,
                     .object = mesh_config_of(view),
                     .read = trust.added_unused,
                     .means = "workloads do not trust the roots that meshConfig.caCertificates lists",
                     .hint = "correct that, then restart istiod and the workloads"});
  });
}

/// (istio-facts 6.3)
void check_plugged_ca(const MeshView& mesh, Findings& found) {
  for_each_trust(mesh, [&](const ClusterView& view, const ClusterTrust& trust) {
    if (!trust.plugged_unused) return;
    found.push_back(
        {.cluster = view.cluster.name,
         .object = ObjectId{"v1", "Secret", view.ns(), "cacerts"},
         .read = fmt::format("Secret cacerts is there, but {} is a root as istiod makes it itself", roots_of(trust)),
         .means = "istiod started before the Secret was there, and signs with a root of its own",
         .hint = "restart istiod, then the workloads"});
  });
}

}  // namespace mesh::istio
