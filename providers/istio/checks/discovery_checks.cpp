#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/istiod_memory.h"

namespace mesh::istio {
namespace {

struct Advice {
  const char* means;
  const char* hint;
};

/// (istio-facts 5.4, 9)
Advice advice_on(EdgeFault fault) {
  switch (fault) {
    case EdgeFault::absent:
      return {"istiod has not taken the Secret: another one serves its key, or the kubeconfig in it was refused",
              "see the log of that pod for the Secret's name; istiod looks at it again when it changes, or: kubectl "
              "rollout restart of that istiod"};
    case EdgeFault::syncing:
      return {"istiod has not listed yet what is in that cluster: services of it are missing",
              "run the check again; if it stays so, see the log of that pod"};
    case EdgeFault::timeout:
      return {
          "istiod could not list what is in that cluster in time: what it knew before is frozen, and lost when it "
          "restarts",
          "see the log of that pod: it must reach the peer's API server, with a token and rights that are good there"};
    case EdgeFault::closed:
      return {"istiod refused a change of the kubeconfig after it had stopped the old client: its endpoints are frozen",
              "write the Secret again (kubectl delete secret, then mesh apply); if it stays so, restart that istiod"};
    case EdgeFault::other_secret:
      return {"istiod still uses what another Secret held: a change of the applied one has no effect",
              "restart that istiod, then see that one Secret alone has this key"};
    case EdgeFault::no_endpoints:
      return {
          "istiod lost the endpoints of that cluster (some releases do after a change of its Secret), or "
          "discoverySelectors hide all of them",
          "restart that istiod, and compare discoverySelectors"};
    case EdgeFault::no_gateway:
      return {
          "istiod does not know where the gateway of that network is: pods there are dialled directly, or at an old "
          "address",
          "see that the peer's gateway Service has the network label; of a host name, that istiod can resolve it"};
    case EdgeFault::none:
      break;
  }
  return {"", ""};
}

std::string text_of_replica(const EdgeReplica& one) {
  std::string text = fmt::format("{}: {}", one.pod, one.status);
  if (one.fault == EdgeFault::other_secret) text += fmt::format(" by Secret {}", one.secret);
  if (one.endpoints) text += fmt::format(", {} endpoints", one.endpoints->endpoints);
  if (one.gateways) {
    text += one.gateways->empty() ? std::string(", no gateway")
                                  : fmt::format(", gateway {}", fmt::join(*one.gateways, " "));
  }
  return text;
}

std::string replicas_text(const DiscoveryEdge& edge) {
  std::vector<std::string> lines;
  for (const EdgeReplica& one : edge.replicas) lines.push_back(text_of_replica(one));
  return fmt::format("{}", fmt::join(lines, "; "));
}

/// A pod that told less than was asked for leaves its cluster's edges unknown.
void add_silent_pods(const ClusterView& cluster, Findings& found) {
  std::string silent;
  std::string hint;
  for (const IstiodMemory& one : cluster.reading.istiods) {
    if (one.clusters && one.why.empty()) continue;
    silent += fmt::format("{}{}", silent.empty() ? "" : "; ", why_unknown(one, ""));
    if (hint.empty()) hint = hint_on_unknown(one);
  }
  if (silent.empty()) return;
  found.push_back({.severity = FindingSeverity::unknown,
                   .cluster = cluster.cluster.name,
                   .read = std::move(silent),
                   .means = "it is not known whether all that is applied is in effect here",
                   .hint = std::move(hint)});
}

}  // namespace

void check_discovery_effective(const MeshView& mesh, Findings& found) {
  for (const DiscoveryEdge& edge : *mesh.edges) {
    if (edge.verdict != EdgeVerdict::not_effective) continue;
    const ClusterView* from = mesh.find(edge.from);
    if (from == nullptr) continue;
    const auto faulty = std::find_if(edge.replicas.begin(), edge.replicas.end(),
                                     [](const EdgeReplica& one) { return one.fault != EdgeFault::none; });
    const Advice advice = advice_on(faulty->fault);
    found.push_back({.cluster = edge.from,
                     .peer = edge.to,
                     .object = remote_secret_id(from->ns(), edge.id),
                     .read = fmt::format("applied; in the memory of istiod: {}", replicas_text(edge)),
                     .means = advice.means,
                     .hint = advice.hint});
  }
  for (const ClusterView* cluster : mesh.clusters) {
    add_silent_pods(*cluster, found);
    if (mesh.depth != CheckDepth::effective || !cluster->reading.istiods.empty()) continue;
    found.push_back({.severity = FindingSeverity::unknown,
                     .cluster = cluster->cluster.name,
                     .read = "no istiod pod runs here",
                     .means = "nothing is in effect here but what proxies knew before",
                     .hint = "see why the pods of istiod do not run"});
  }
}

/// A remote Secret of a cluster that is not in the spec is reported as foreign.
void check_discovery_stale(const MeshView& mesh, Findings& found) {
  for (const DiscoveryEdge& edge : *mesh.edges) {
    if (edge.verdict != EdgeVerdict::unwanted || mesh.find(edge.from) == nullptr) continue;
    const bool has_secret = edge.secret == Answer::yes;
    if (has_secret && edge.to.empty()) continue;
    found.push_back({.cluster = edge.from,
                     .peer = edge.to,
                     .read = fmt::format("`{}` is in memory ({}), {}", edge.id, replicas_text(edge),
                                         has_secret ? "by a remote Secret, and the spec has no such discovery"
                                                    : "and no remote Secret has this id"),
                     .means = "services and endpoints of that cluster are still offered here",
                     .hint = has_secret ? "mesh apply" : "restart the istiods that hold it"});
  }
}

}  // namespace mesh::istio
