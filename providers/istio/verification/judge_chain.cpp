#include "providers/istio/verification/judge_chain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "providers/istio/trust/acceptance.h"

namespace mesh::istio {
namespace {

std::string describe_root(const CaCertificate& certificate) {
  constexpr std::size_t shown = 12;
  return fmt::format("{} (key sha256 {})", certificate.subject, certificate.key_sha256.substr(0, shown));
}

std::string describe_roots(const std::vector<CaCertificate>& roots) {
  std::vector<std::string> texts;
  for (const CaCertificate& root : roots) texts.push_back(describe_root(root));
  return texts.empty() ? "no roots" : fmt::format("{}", fmt::join(texts, ", "));
}

const ClusterTrust* trust_of_cluster(const TrustGraph& graph, const std::string& name) {
  for (const ClusterTrust& one : graph.clusters) {
    if (one.cluster == name) return &one;
  }
  return nullptr;
}

bool names_cluster(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// One side of a way that refuses the certificates of the other.
struct Refusal {
  const ClusterTrust& verifier;
  const ClusterTrust& presenter;
  const std::vector<CaCertificate>& chain;
};

std::string describe_refusal(const Refusal& refusal) {
  std::vector<CaCertificate> roots = refusal.verifier.roots;
  roots.insert(roots.end(), refusal.verifier.added.begin(), refusal.verifier.added.end());
  const CaCertificate& top = refusal.chain.back();
  const std::string issuer = refusal.chain.size() == 1 || !top.is_ca
                                 ? top.issuer
                                 : fmt::format("{}, whose issuer is {}", describe_root(top), top.issuer);
  return fmt::format("behind the gateway of {} a workload shows a certificate below {}; workloads of {} trust {}",
                     refusal.presenter.cluster, issuer, refusal.verifier.cluster, describe_roots(roots));
}

/// The additions that the graph asks for. None: by the graph the two agree, so that what was shown is older.
std::string chain_additions(const TrustGraph& graph, const std::vector<Refusal>& refusals) {
  std::vector<std::string> texts;
  for (const Refusal& refusal : refusals) {
    bool planned = false;
    for (const MissingBundle& bundle : graph.bundles) {
      if (!names_cluster(bundle.of, refusal.presenter.cluster) || !names_cluster(bundle.into, refusal.verifier.cluster))
        continue;
      planned = true;
      texts.push_back(fmt::format("in {} add {}", refusal.verifier.cluster, describe_root(bundle.root)));
    }
    if (planned) continue;
    texts.push_back(
        fmt::format("restart the workloads of {}: what they show is not below the root of their own istiod, or make {} "
                    "trust it",
                    refusal.presenter.cluster, refusal.verifier.cluster));
  }
  return fmt::format("{}; the trust part of `mesh check` says where", fmt::join(texts, "; "));
}

VerificationFinding chain_finding(const TrustGraph& graph, const TrustEdge& edge,
                                  const std::vector<Refusal>& refusals) {
  std::vector<std::string> read;
  std::vector<std::string> means;
  for (const Refusal& refusal : refusals) {
    read.push_back(describe_refusal(refusal));
    means.push_back(
        fmt::format("workloads of {} refuse those of {}", refusal.verifier.cluster, refusal.presenter.cluster));
  }
  return {.from = edge.from,
          .to = edge.to,
          .fault = PathFault::trust,
          .read = fmt::format("{}", fmt::join(read, "; ")),
          .means = fmt::format("{}, so no request crosses with mutual TLS", fmt::join(means, ", ")),
          .do_next = chain_additions(graph, refusals)};
}

/// A chain of `presenter` that `verifier` refuses, if there is one.
void add_refusal(const ClusterTrust& verifier, const ClusterTrust& presenter, const std::vector<SeenChain>& seen,
                 const std::string& now, std::vector<Refusal>& refusals) {
  for (const SeenChain& one : seen) {
    if (one.cluster != presenter.cluster || accepts_chain(verifier, presenter, one.chain, now) != Answer::no) continue;
    refusals.push_back({verifier, presenter, one.chain});
    return;
  }
}

}  // namespace

std::vector<VerificationFinding> judge_chains(const TrustGraph& graph, const std::vector<SeenChain>& seen,
                                              const std::string& now) {
  std::vector<VerificationFinding> findings;
  for (const TrustEdge& edge : graph.edges) {
    const ClusterTrust* from = trust_of_cluster(graph, edge.from);
    const ClusterTrust* to = trust_of_cluster(graph, edge.to);
    if (from == nullptr || to == nullptr) continue;
    std::vector<Refusal> refusals;
    add_refusal(*from, *to, seen, now, refusals);
    add_refusal(*to, *from, seen, now, refusals);
    if (!refusals.empty()) findings.push_back(chain_finding(graph, edge, refusals));
  }
  return findings;
}

}  // namespace mesh::istio
