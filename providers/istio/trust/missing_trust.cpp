#include "providers/istio/trust/missing_trust.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "providers/istio/trust/acceptance.h"

namespace mesh::istio {
namespace {

const ClusterTrust* trust_named(const std::vector<ClusterTrust>& clusters, const std::string& name) {
  const auto found =
      std::find_if(clusters.begin(), clusters.end(), [&](const ClusterTrust& trust) { return trust.cluster == name; });
  return found == clusters.end() ? nullptr : &*found;
}

/// Whether `verifier` accepts the roots of `presenter`, or would after additions.
bool can_accept(const ClusterTrust& verifier, const ClusterTrust& presenter, const std::string& now) {
  if (accepts_root(verifier, presenter, now) == Answer::yes) return true;
  const bool known = shows_roots(verifier) ? !verifier.roots.empty() : verifier.ca != CaType::unknown;
  return known && !signing_roots(presenter, now).empty();
}

/// What is known of one missing root: the certificate to add, whose it is, and who lacks it.
struct Missing {
  CaCertificate root = {};
  std::set<std::string> of = {};
  std::set<std::string> into = {};
};
/// By key and subject.
using MissingRoots = std::map<std::pair<std::string, std::string>, Missing>;

void add_missing(const ClusterTrust& verifier, const ClusterTrust& presenter, const std::string& now,
                 MissingRoots& missing) {
  for (const CaCertificate& root : signing_roots(presenter, now)) {
    if (accepts_certificate(verifier, root, now) == Answer::yes) continue;
    Missing& entry = missing[{root.key_sha256, root.subject}];
    // Of several certificates of one root, the one that is valid for the longest time.
    if (entry.root.not_after < root.not_after) entry.root = root;
    entry.of.insert(presenter.cluster);
    entry.into.insert(verifier.cluster);
  }
}

}  // namespace

std::vector<MissingBundle> missing_bundles(const std::vector<ClusterTrust>& clusters,
                                           const std::vector<TrustEdge>& edges, const std::string& now) {
  MissingRoots missing;
  for (const TrustEdge& edge : edges) {
    const ClusterTrust* from = trust_named(clusters, edge.from);
    const ClusterTrust* to = trust_named(clusters, edge.to);
    if (from == nullptr || to == nullptr || !can_accept(*from, *to, now) || !can_accept(*to, *from, now)) continue;
    add_missing(*from, *to, now, missing);
    add_missing(*to, *from, now, missing);
  }
  std::vector<MissingBundle> bundles;
  for (auto& [unused, entry] : missing) {
    bundles.push_back({.root = std::move(entry.root),
                       .of = {entry.of.begin(), entry.of.end()},
                       .into = {entry.into.begin(), entry.into.end()}});
  }
  return bundles;
}

std::vector<MissingAlias> missing_aliases(const std::vector<ClusterTrust>& clusters,
                                          const std::vector<TrustEdge>& edges) {
  std::map<std::string, std::set<std::string>> missing;
  for (const TrustEdge& edge : edges) {
    const ClusterTrust* from = trust_named(clusters, edge.from);
    const ClusterTrust* to = trust_named(clusters, edge.to);
    if (from == nullptr || to == nullptr) continue;
    if (edge.from_accepts_domain == Answer::no) missing[to->trust_domain].insert(from->cluster);
    if (edge.to_accepts_domain == Answer::no) missing[from->trust_domain].insert(to->cluster);
  }
  std::vector<MissingAlias> aliases;
  for (const auto& [domain, into] : missing) aliases.push_back({domain, {into.begin(), into.end()}});
  return aliases;
}

}  // namespace mesh::istio
