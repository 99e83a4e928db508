#include "providers/istio/trust/trust_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "providers/istio/trust/acceptance.h"
#include "providers/istio/trust/missing_trust.h"

namespace mesh::istio {
namespace {

using ByName = std::map<std::string, const ClusterTrust*>;

/// What traffic one way needs; the two halves of mutual TLS, each by root and by trust domain.
TrustEdge judge_edge(const ClusterTrust& from, const ClusterTrust& to, const std::string& now) {
  TrustEdge edge{.from = from.cluster, .to = to.cluster};
  edge.from_accepts_root = accepts_root(from, to, now);
  edge.to_accepts_root = accepts_root(to, from, now);
  edge.from_accepts_domain = client_accepts_domain(from, to);
  edge.to_accepts_domain = server_accepts_domain(to, from);
  const Answer roots = both(edge.from_accepts_root, edge.to_accepts_root);
  switch (both(roots, both(edge.from_accepts_domain, edge.to_accepts_domain))) {
    case Answer::yes:
      edge.verdict = TrustVerdict::works;
      break;
    case Answer::no:
      edge.verdict = TrustVerdict::cannot_work;
      break;
    case Answer::unknown:
      break;
  }
  return edge;
}

std::string unread_of(const ClusterTrust& from, const ClusterTrust& to) {
  std::string text;
  for (const ClusterTrust* trust : {&from, &to}) {
    for (const std::string& one : trust->unread)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", trust->cluster, one);
  }
  return text;
}

std::string domain_reason(const ClusterTrust& side, const ClusterTrust& other, const char* peers) {
  return fmt::format("{} of {} do not accept trust domain `{}` of {}", peers, side.cluster, other.trust_domain,
                     other.cluster);
}

/// Why it has no root that others could accept; empty when it has.
std::string without_root(const ClusterTrust& trust, const std::string& now) {
  if (!shows_roots(trust) || trust.roots.empty() || !signing_roots(trust, now).empty()) return {};
  return fmt::format("{} has no root that is a CA certificate and valid now", trust.cluster);
}

std::string roots_reason(const ClusterTrust& from, const ClusterTrust& to, const TrustEdge& edge,
                         const std::string& now) {
  for (const ClusterTrust* trust : {&from, &to}) {
    if (std::string reason = without_root(*trust, now); !reason.empty()) return reason;
  }
  const bool from_refuses = edge.from_accepts_root == Answer::no;
  const bool to_refuses = edge.to_accepts_root == Answer::no;
  if (from.ca != to.ca) {
    return fmt::format("{} signs for {}, {} for {}, and their roots differ", title_of(from.ca), from.cluster,
                       title_of(to.ca), to.cluster);
  }
  if (from_refuses && to_refuses) {
    return fmt::format("workloads of {} and {} do not have the root of each other", from.cluster, to.cluster);
  }
  const ClusterTrust& refusing = from_refuses ? from : to;
  const ClusterTrust& refused = from_refuses ? to : from;
  return fmt::format("workloads of {} do not have the root of {}, and mutual TLS needs the roots of both on both sides",
                     refusing.cluster, refused.cluster);
}

std::string edge_reason(const ClusterTrust& from, const ClusterTrust& to, const TrustEdge& edge,
                        const std::string& now) {
  if (both(edge.from_accepts_root, edge.to_accepts_root) == Answer::no) return roots_reason(from, to, edge, now);
  if (edge.from_accepts_domain == Answer::no) return domain_reason(from, to, "clients");
  if (edge.to_accepts_domain == Answer::no) return domain_reason(to, from, "servers");
  if (edge.verdict == TrustVerdict::works) return {};
  if (std::string unread = unread_of(from, to); !unread.empty()) return unread;
  if (from.ca == to.ca && from.ca == CaType::ca_service) return "the CA pools of the two sides differ or are not known";
  if (both(edge.from_accepts_root, edge.to_accepts_root) == Answer::unknown)
    return "which root signs, or whether it is accepted, cannot be read from the clusters";
  return "whether istiod reads the trust domain of the peer is not known";
}

/// An edge works one way when only its way back, which is planned too, cannot work.
void mark_one_way(std::vector<TrustEdge>& edges) {
  std::set<std::pair<std::string, std::string>> broken;
  for (const TrustEdge& edge : edges) {
    if (edge.verdict == TrustVerdict::cannot_work) broken.emplace(edge.from, edge.to);
  }
  for (TrustEdge& edge : edges) {
    if (edge.verdict != TrustVerdict::works || !broken.contains({edge.to, edge.from})) continue;
    edge.verdict = TrustVerdict::works_one_way;
    edge.reason = fmt::format("traffic crosses from {} to {}, not back", edge.from, edge.to);
  }
}

std::vector<TrustGroup> groups_of(const std::vector<ClusterTrust>& clusters) {
  std::vector<TrustGroup> groups;
  for (const ClusterTrust& trust : clusters) {
    std::set<CaCertificate> roots(trust.roots.begin(), trust.roots.end());
    TrustGroup group{.ca = trust.ca, .ca_name = trust.ca_name, .roots = {roots.begin(), roots.end()}};
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const TrustGroup& other) {
      return other.ca == group.ca && other.ca_name == group.ca_name &&
             std::equal(other.roots.begin(), other.roots.end(), group.roots.begin(), group.roots.end(),
                        [](const CaCertificate& a, const CaCertificate& b) { return a.same_root(b); });
    });
    TrustGroup& place = same == groups.end() ? groups.emplace_back(std::move(group)) : *same;
    place.clusters.push_back(trust.cluster);
  }
  return groups;
}

}  // namespace

TrustGraph trust_graph(std::vector<ClusterTrust> clusters, const PlannedEdges& planned, const std::string& now) {
  std::sort(clusters.begin(), clusters.end(),
            [](const ClusterTrust& a, const ClusterTrust& b) { return a.cluster < b.cluster; });
  TrustGraph graph;
  ByName by_name;
  for (const ClusterTrust& trust : clusters) by_name[trust.cluster] = &trust;
  const std::set<std::pair<std::string, std::string>> pairs(planned.begin(), planned.end());
  for (const auto& [from, to] : pairs) {
    const auto caller = by_name.find(from);
    const auto callee = by_name.find(to);
    if (caller == by_name.end() || callee == by_name.end()) {
      graph.edges.push_back({.from = from, .to = to, .reason = "a cluster was not read"});
      continue;
    }
    TrustEdge edge = judge_edge(*caller->second, *callee->second, now);
    edge.reason = edge_reason(*caller->second, *callee->second, edge, now);
    graph.edges.push_back(std::move(edge));
  }
  mark_one_way(graph.edges);
  graph.groups = groups_of(clusters);
  graph.bundles = missing_bundles(clusters, graph.edges, now);
  graph.aliases = missing_aliases(clusters, graph.edges);
  graph.clusters = std::move(clusters);
  return graph;
}

}  // namespace mesh::istio
