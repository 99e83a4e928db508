#include "providers/istio/checks/discovery_edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "providers/istio/desired/foreign_secrets.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/istiod_memory.h"

namespace mesh::istio {
namespace {

/// What others need of a cluster to reach its services.
struct GatewayFacts {
  Answer gateway = Answer::unknown;
  Answer exposed = Answer::unknown;
  std::vector<std::string> addresses = {};
};

Answer answer_of(const Observed& observed) {
  if (std::holds_alternative<Unreadable>(observed)) return Answer::unknown;
  return std::holds_alternative<Absent>(observed) ? Answer::no : Answer::yes;
}

GatewayFacts gateway_facts(const ClusterView& view) {
  GatewayFacts facts;
  const Observed service = view.live.observe(gateway_service_id(view.ns()));
  facts.gateway = answer_of(service);
  if (const auto* found = std::get_if<const Object*>(&service)) {
    facts.addresses = addresses_of(**found);
    if (facts.addresses.empty()) facts.gateway = Answer::no;
  }
  if (!view.live.gateway_version.empty()) {
    facts.exposed = answer_of(view.live.observe(expose_id(view.ns(), view.live.gateway_version)));
  }
  return facts;
}

bool is_ip(const std::string& address) {
  return address.find_first_not_of("0123456789.") == std::string::npos || address.find(':') != std::string::npos;
}

/// What one istiod pod holds, looked up by every peer.
struct PodIndex {
  const IstiodMemory* memory;
  /// Addresses by network.
  std::map<std::string, std::vector<std::string>> gateways = {};

  explicit PodIndex(const IstiodMemory& of) : memory(&of) {
    if (!of.gateways) return;
    for (const HeldGateway& one : *of.gateways) gateways[one.network].push_back(one.address);
    for (auto& [network, addresses] : gateways) std::sort(addresses.begin(), addresses.end());
  }
};

/// The edges that begin in one cluster.
class EdgesFrom {
 public:
  EdgesFrom(const ClusterView& view, const std::map<std::string, GatewayFacts>& gateways)
      : view_(view), gateways_(gateways), secrets_known_(view.unknown(Topic::secrets) == nullptr) {
    for (const Object* secret : view.remote_secrets()) {
      for (const std::string& key : data_keys(*secret)) {
        holders_[key].insert(fmt::format("{}/{}", secret->id.ns, secret->id.name));
      }
    }
    for (const IstiodMemory& one : view.reading.istiods) pods_.emplace_back(one);
  }

  void add_to(std::vector<DiscoveryEdge>& edges) const {
    std::set<std::string> wanted;
    for (const std::string& name : view_.cluster.peers) {
      const auto peer = view_.spec.clusters.find(name);
      if (peer == view_.spec.clusters.end()) continue;
      wanted.insert(peer->second.id);
      edges.push_back(wanted_edge(peer->second));
    }
    std::set<std::string> others;
    for (const IstiodMemory& memory : view_.reading.istiods) {
      if (!memory.clusters) continue;
      for (const auto& [id, held] : *memory.clusters) {
        if (!wanted.contains(id)) others.insert(id);
      }
    }
    for (const std::string& id : others) edges.push_back(unwanted_edge(id));
  }

 private:
  Answer has_secret(const std::string& id) const {
    if (!secrets_known_) return Answer::unknown;
    return holders_.contains(id) ? Answer::yes : Answer::no;
  }

  DiscoveryEdge wanted_edge(const ClusterSpec& peer) const {
    DiscoveryEdge edge{.from = view_.cluster.name,
                       .to = peer.name,
                       .id = peer.id,
                       .wanted = true,
                       .secret = has_secret(peer.id),
                       .one_network = peer.network == view_.cluster.network};
    const auto facts = gateways_.find(peer.name);
    const GatewayFacts gateway = facts == gateways_.end() ? GatewayFacts{} : facts->second;
    edge.gateway = gateway.gateway;
    edge.exposed = gateway.exposed;
    for (const PodIndex& pod : pods_) {
      EdgeReplica replica = replica_of(pod, peer.id);
      judge(replica, pod, peer, edge, gateway.addresses);
      edge.replicas.push_back(std::move(replica));
    }
    decide(edge, peer);
    return edge;
  }

  DiscoveryEdge unwanted_edge(const std::string& id) const {
    DiscoveryEdge edge{.from = view_.cluster.name, .id = id, .secret = has_secret(id)};
    for (const auto& [name, cluster] : view_.spec.clusters) {
      if (cluster.id == id) edge.to = name;
    }
    for (const PodIndex& pod : pods_) edge.replicas.push_back(replica_of(pod, id));
    edge.verdict = EdgeVerdict::unwanted;
    edge.reason = edge.secret == Answer::no ? "istiod holds it, though no remote Secret has this id"
                  : edge.secret == Answer::yes
                      ? "istiod holds it by a remote Secret, the spec does not want it"
                      : "istiod holds it, the spec does not want it; Secrets could not be read";
    return edge;
  }

  static EdgeReplica replica_of(const PodIndex& pod, const std::string& id) {
    const IstiodMemory& memory = *pod.memory;
    EdgeReplica replica{.pod = memory.pod, .revision = memory.revision, .status = "unknown"};
    if (!memory.clusters) return replica;
    const auto held = memory.clusters->find(id);
    if (held == memory.clusters->end()) {
      replica.status = "absent";
      return replica;
    }
    replica.status = held->second.status;
    replica.secret = held->second.secret;
    if (memory.endpoints) {
      const auto endpoints = memory.endpoints->find(id);
      replica.endpoints = endpoints == memory.endpoints->end() ? HeldEndpoints{} : endpoints->second;
    }
    return replica;
  }

  void judge(EdgeReplica& replica, const PodIndex& pod, const ClusterSpec& peer, const DiscoveryEdge& edge,
             const std::vector<std::string>& addresses) const {
    if (replica.status == "unknown") return;
    if (replica.status != "synced") {
      replica.fault = replica.status == "absent"    ? EdgeFault::absent
                      : replica.status == "timeout" ? EdgeFault::timeout
                      : replica.status == "closed"  ? EdgeFault::closed
                                                    : EdgeFault::syncing;
      return;
    }
    const auto holders = holders_.find(peer.id);
    if (!replica.secret.empty() && holders != holders_.end() && !holders->second.contains(replica.secret)) {
      replica.fault = EdgeFault::other_secret;
      return;
    }
    if (replica.endpoints && replica.endpoints->endpoints == 0) {
      replica.fault = EdgeFault::no_endpoints;
      return;
    }
    // networkz keeps gateways of clusters that are gone: it says something only where clusterz says synced.
    if (edge.one_network || !pod.memory->gateways) return;
    const auto known = pod.gateways.find(peer.network);
    replica.gateways = known == pod.gateways.end() ? std::vector<std::string>() : known->second;
    if (edge.gateway == Answer::no) return;
    const bool lacks = std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
      return is_ip(address) && !std::binary_search(replica.gateways->begin(), replica.gateways->end(), address);
    });
    if (replica.gateways->empty() || lacks) replica.fault = EdgeFault::no_gateway;
  }

  void decide(DiscoveryEdge& edge, const ClusterSpec& peer) const {
    const auto found = [&](EdgeVerdict verdict, std::string reason) {
      edge.verdict = verdict;
      edge.reason = std::move(reason);
    };
    if (edge.secret == Answer::unknown) return found(EdgeVerdict::unknown, "the remote Secrets could not be read");
    if (edge.secret == Answer::no) {
      return found(EdgeVerdict::not_applied, fmt::format("no remote Secret has the key `{}`", peer.id));
    }
    const bool faulty = std::any_of(edge.replicas.begin(), edge.replicas.end(),
                                    [](const EdgeReplica& one) { return one.fault != EdgeFault::none; });
    if (faulty) return found(EdgeVerdict::not_effective, "not every istiod acts on what is applied");
    if (!edge.one_network && edge.gateway == Answer::no) {
      return found(EdgeVerdict::not_applied, fmt::format("the gateway Service of {} has no address", peer.name));
    }
    if (!edge.one_network && edge.exposed == Answer::no) {
      return found(EdgeVerdict::not_applied,
                   fmt::format("no Gateway {} exposes the services of {}", expose_name, peer.name));
    }
    if (!view_.reading.istiods_why.empty()) return found(EdgeVerdict::unknown, "istiod could not be asked");
    if (pods_.empty()) return found(EdgeVerdict::unknown, "no istiod pod runs");
    for (const PodIndex& pod : pods_) {
      if (!pod.memory->why.empty() || !pod.memory->clusters) {
        return found(EdgeVerdict::unknown, fmt::format("istiod {} did not tell all", pod.memory->pod));
      }
    }
    found(EdgeVerdict::effective, {});
  }

  const ClusterView& view_;
  const std::map<std::string, GatewayFacts>& gateways_;
  const bool secrets_known_;
  /// Secrets by the cluster id that they register.
  std::map<std::string, std::set<std::string>> holders_ = {};
  std::vector<PodIndex> pods_ = {};
};

}  // namespace

std::vector<DiscoveryEdge> discovery_edges(const Spec& spec, const std::vector<ClusterView>& views,
                                           const std::vector<std::string>& silent) {
  std::map<std::string, GatewayFacts> gateways;
  for (const ClusterView& view : views) gateways.emplace(view.cluster.name, gateway_facts(view));
  std::vector<DiscoveryEdge> edges;
  for (const ClusterView& view : views) EdgesFrom(view, gateways).add_to(edges);
  for (const std::string& name : silent) {
    for (const std::string& peer : spec.clusters.at(name).peers) {
      const auto found = spec.clusters.find(peer);
      if (found == spec.clusters.end()) continue;
      edges.push_back({.from = name,
                       .to = peer,
                       .id = found->second.id,
                       .wanted = true,
                       .one_network = found->second.network == spec.clusters.at(name).network,
                       .reason = fmt::format("{} did not answer", name)});
    }
  }
  std::sort(edges.begin(), edges.end(), [](const DiscoveryEdge& a, const DiscoveryEdge& b) {
    return std::tie(a.from, a.to, a.id) < std::tie(b.from, b.to, b.id);
  });
  return edges;
}

}  // namespace mesh::istio
