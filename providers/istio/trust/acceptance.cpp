#include "providers/istio/trust/acceptance.h"

#include <algorithm>

namespace mesh::istio {
namespace {

template <class Test>
bool any_trusted(const ClusterTrust& trust, Test test) {
  return (shows_roots(trust) && std::any_of(trust.roots.begin(), trust.roots.end(), test)) ||
         std::any_of(trust.added.begin(), trust.added.end(), test);
}

/// At least one of the two has its certificates from Google.
Answer accepts_by_type(const ClusterTrust& verifier, const ClusterTrust& presenter) {
  if (verifier.ca == presenter.ca) {
    if (verifier.ca == CaType::mesh_ca) return Answer::yes;
    const bool same_pool = verifier.ca == CaType::ca_service && !verifier.ca_name.empty();
    return same_pool && verifier.ca_name == presenter.ca_name ? Answer::yes : Answer::unknown;
  }
  // One root of its own is all that it has.
  const bool knows_more =
      !verifier.added.empty() || verifier.more_from_url || (shows_roots(verifier) && verifier.roots.size() != 1);
  return knows_more ? Answer::unknown : Answer::no;
}

Answer has_domain(const ClusterTrust& trust) { return trust.trust_domain.empty() ? Answer::unknown : Answer::yes; }

}  // namespace

bool shows_roots(const ClusterTrust& trust) { return trust.ca == CaType::istio_ca || trust.ca == CaType::other; }

std::vector<CaCertificate> signing_roots(const ClusterTrust& trust, const std::string& now) {
  std::vector<CaCertificate> roots;
  if (!shows_roots(trust)) return roots;
  for (const CaCertificate& root : trust.roots) {
    if (root.valid_at(now)) roots.push_back(root);
  }
  return roots;
}

Answer accepts_certificate(const ClusterTrust& verifier, const CaCertificate& root, const std::string& now) {
  const auto is_it = [&](const CaCertificate& other) { return other.same_root(root) && other.valid_at(now); };
  if (any_trusted(verifier, is_it)) return Answer::yes;
  // A chain may lead on to a root above, or end below at an intermediate that is trusted itself.
  const auto is_near = [&](const CaCertificate& other) {
    if (!other.valid_at(now)) return false;
    return (!root.self_issued() && other.subject == root.issuer) ||
           (!other.self_issued() && other.issuer == root.subject);
  };
  return any_trusted(verifier, is_near) || verifier.more_from_url ? Answer::unknown : Answer::no;
}

Answer accepts_root(const ClusterTrust& verifier, const ClusterTrust& presenter, const std::string& now) {
  if (verifier.ca == CaType::unknown || presenter.ca == CaType::unknown) return Answer::unknown;
  const bool compared = shows_roots(presenter) && (shows_roots(verifier) || !verifier.added.empty());
  if (!compared) return accepts_by_type(verifier, presenter);
  if (presenter.roots.empty() || (shows_roots(verifier) && verifier.roots.empty())) return Answer::unknown;
  bool some = false;
  bool all = true;
  const std::vector<CaCertificate> roots = signing_roots(presenter, now);
  for (const CaCertificate& root : roots) {
    const Answer answer = accepts_certificate(verifier, root, now);
    some = some || answer != Answer::no;
    all = all && answer == Answer::yes;
  }
  if (roots.empty() || !some) return Answer::no;
  return all ? Answer::yes : Answer::unknown;
}

Answer accepts_chain(const ClusterTrust& verifier, const ClusterTrust& presenter,
                     const std::vector<CaCertificate>& chain, const std::string& now) {
  const bool compared = shows_roots(verifier) ? !verifier.roots.empty() : !verifier.added.empty();
  if (chain.empty() || !compared) return Answer::unknown;
  const auto is_in_bundle = [&](const CaCertificate& one) {
    return any_trusted(verifier,
                       [&](const CaCertificate& other) { return other.same_root(one) && other.valid_at(now); });
  };
  if (std::any_of(chain.begin(), chain.end(), is_in_bundle)) return Answer::yes;
  const CaCertificate& top = chain.back();
  if (top.is_ca && top.self_issued()) return accepts_certificate(verifier, top, now);
  // The chain need not hold its root: by name it is one of the presenter's own.
  Answer answer = Answer::no;
  bool known = false;
  for (const CaCertificate& root : signing_roots(presenter, now)) {
    if (root.subject != top.issuer) continue;
    known = true;
    answer = either(answer, accepts_certificate(verifier, root, now));
  }
  return known ? answer : accepts_certificate(verifier, top, now);
}

Answer client_accepts_domain(const ClusterTrust& caller, const ClusterTrust& callee) {
  if (both(has_domain(caller), has_domain(callee)) != Answer::yes) return Answer::unknown;
  const std::string& domain = callee.trust_domain;
  if (domain == caller.trust_domain || caller.aliases.contains(domain)) return Answer::yes;
  return both(caller.reads_peer_domain, callee.domain_readable);
}

Answer server_accepts_domain(const ClusterTrust& callee, const ClusterTrust& caller) {
  if (callee.any_client_domain) return Answer::yes;
  if (both(has_domain(caller), has_domain(callee)) != Answer::yes) return Answer::unknown;
  const std::string& domain = caller.trust_domain;
  const bool known =
      domain == callee.trust_domain || callee.aliases.contains(domain) || callee.client_domains.contains(domain);
  return known ? Answer::yes : Answer::no;
}

}  // namespace mesh::istio
