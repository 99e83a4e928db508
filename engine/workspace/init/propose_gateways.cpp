#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/load/check_addresses.h"
#include "engine/workspace/init/proposal_parts.h"

namespace mesh {
namespace {

constexpr int most_replicas = 1000;

/// Annotations with which load balancers of the clouds are internal (istio-facts 8).
bool is_internal(const std::map<std::string, std::string>& annotations) {
  const auto is = [&](const char* name, const char* value) {
    const auto found = annotations.find(name);
    return found != annotations.end() && found->second == value;
  };
  const auto is_set = [&](const char* name) {
    const auto found = annotations.find(name);
    return found != annotations.end() && !found->second.empty() && found->second != "false";
  };
  return is_set("service.beta.kubernetes.io/aws-load-balancer-internal") ||
         is("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal") ||
         is_set("service.beta.kubernetes.io/azure-load-balancer-internal") ||
         is("networking.gke.io/load-balancer-type", "Internal") ||
         is("cloud.google.com/load-balancer-type", "Internal");
}

const std::map<std::string, std::string>& annotations_of(const Platform& platform, Exposure exposure) {
  return exposure == Exposure::internal ? platform.internal_annotations : platform.public_annotations;
}

/// Annotations that the platform would set or change on the Service.
std::vector<std::string> changed_annotations(const Platform& platform, const GatewaySpec& gateway,
                                             const FoundGateway& found) {
  std::vector<std::string> changed;
  for (const auto& [name, value] : annotations_of(platform, gateway.exposure)) {
    const auto now = found.annotations.find(name);
    if (now == found.annotations.end() || now->second != value) changed.push_back(name);
  }
  return changed;
}

bool allows(const Platform& platform, const MeshSpec& mesh, const GatewaySpec& gateway) {
  return platform.certificate_providers.contains(mesh.ca) && (!gateway.load_balancer_ip || platform.load_balancer_ip);
}

/// Whether the first plan leaves the load balancer as it is.
bool keeps(const Platform& platform, const MeshSpec& mesh, const GatewaySpec& gateway,
           const std::optional<FoundGateway>& found) {
  return allows(platform, mesh, gateway) &&
         (!found || !found->has_service || changed_annotations(platform, gateway, *found).empty());
}

/// Of those that keep the load balancer the one with most of its annotations: mesh wrote these, and would take them
/// away with another platform. Without any, the plain one.
const Platform& best_platform(const PlatformSet& platforms, const MeshSpec& mesh, const GatewaySpec& gateway,
                              const std::optional<FoundGateway>& found, const Platform& wished) {
  const Platform* best = nullptr;
  const auto better = [&](const Platform& one) {
    const auto count = [&](const Platform& platform) { return annotations_of(platform, gateway.exposure).size(); };
    if (best == nullptr || count(one) != count(*best)) return best == nullptr || count(one) > count(*best);
    return one.name == wished.name || (one.name == "kubernetes" && best->name != wished.name);
  };
  for (const auto& [name, platform] : platforms) {
    if (keeps(platform, mesh, gateway, found) && better(platform)) best = &platform;
  }
  return best == nullptr ? wished : *best;
}

void explain_platform(const ProposedMember& member, const Platform& chosen, const Platform* wished,
                      const GatewaySpec& gateway, SpecProposal& proposal) {
  const std::string key = cluster_key(member.name, "platform");
  const FoundPlatform& guess = member.found->platform;
  if (wished == nullptr) {
    add_doubt(proposal, key,
              fmt::format("it looks like {} ({}), which mesh has no platform for", guess.name, guess.from));
    return;
  }
  if (&chosen == wished) {
    if (guess.from.empty()) {
      add_doubt(proposal, key,
                "guessed: no node, version, address or login names another platform. `mesh schema` lists them all");
    } else if (guess.is_certain) {
      add_source(proposal, key, guess.from);
    } else {
      add_doubt(proposal, key, fmt::format("guessed: {}", guess.from));
    }
    return;
  }
  if (!allows(*wished, proposal.spec.mesh, gateway)) {
    add_doubt(proposal, key,
              fmt::format("guessed: it looks like {} ({}), which does not offer what the mesh uses ([mesh] `ca`, "
                          "`load_balancer_ip`). Correct whichever is wrong",
                          guess.name, guess.from.empty() ? "no sign of another" : guess.from));
    return;
  }
  const auto changed = changed_annotations(*wished, gateway, *member.found->gateway);
  if (changed.empty()) {
    add_source(proposal, key, "the annotations of the gateway's Service");
    return;
  }
  add_doubt(proposal, key,
            fmt::format("it is {} ({}), whose platform would set {} on the gateway's Service. On a load balancer that "
                        "exists that may change its address and interrupt traffic: write \"{}\" when it may",
                        guess.name, guess.from, fmt::join(changed, ", "), guess.name));
}

void propose_addresses(const ProposedMember& member, GatewaySpec& gateway, SpecProposal& proposal) {
  const FoundGateway& found = *member.found->gateway;
  const std::string key = cluster_key(member.name, "gateway.");
  if (is_internal(found.annotations)) gateway.exposure = Exposure::internal;
  if (!found.load_balancer_ip.empty()) {
    if (!check_ip(found.load_balancer_ip)) {
      gateway.load_balancer_ip = found.load_balancer_ip;
      add_source(proposal, key + "load_balancer_ip", "spec.loadBalancerIP of the gateway's Service");
    }
  } else if (!found.addresses.empty() && !check_ip(found.addresses.front())) {
    proposal.offers[key + "load_balancer_ip"] = found.addresses.front();
    add_source(proposal, key + "load_balancer_ip", "the address it has now; pinning it changes the Service");
  }
  std::vector<std::string> odd;
  for (const std::string& range : found.source_ranges) {
    if (check_cidr(range)) odd.push_back(range);
  }
  if (odd.empty()) {
    gateway.source_ranges = found.source_ranges;
  } else {
    add_doubt(
        proposal, key + "source_ranges",
        fmt::format("the gateway's Service has loadBalancerSourceRanges {}, which the first plan removes: {} is not "
                    "the beginning of a block, so the spec cannot say it",
                    fmt::join(found.source_ranges, ", "), fmt::join(odd, ", ")));
  }
  if (found.has_service && found.service_type != "LoadBalancer") {
    add_doubt(
        proposal, cluster_key(member.name, "platform"),
        fmt::format("the gateway's Service is of type {}: the first plan makes it a LoadBalancer, and peers dial the "
                    "address that it gets",
                    found.service_type));
  }
}

void propose_replicas(const ProposedMember& member, GatewaySpec& gateway, SpecProposal& proposal) {
  const FoundGateway& found = *member.found->gateway;
  const std::string key = cluster_key(member.name, "gateway.replicas");
  if (!found.scaler && !found.replicas) return;
  ReplicaRange range = gateway.replicas;
  if (found.scaler) {
    range = *found.scaler;
    add_source(proposal, key, "its autoscaler");
  } else {
    range = {.min = *found.replicas, .max = std::max(*found.replicas, range.max)};
    add_source(proposal, key, "its Deployment, which has no autoscaler");
  }
  range.min = std::clamp(range.min, 1, most_replicas);
  range.max = std::clamp(range.max, range.min, most_replicas);
  gateway.replicas = range;
  if (range == ReplicaRange()) proposal.remarks.erase(key);
  if (range.min > 1) return;
  add_doubt(proposal, key,
            "one replica and the budget's minAvailable 1 block node drains: min = 2 is better, and interrupts nothing");
}

void doubt_others(const ProposedMember& member, const std::string& network, SpecProposal& proposal) {
  const FoundCluster& found = *member.found;
  const std::string key = cluster_key(member.name, "platform");
  if (found.gateway && !found.gateway->selector_network.empty() && found.gateway->selector_network != network) {
    add_doubt(
        proposal, cluster_key(member.name, "network"),
        fmt::format("the selector of the gateway's Deployment has network {}, which cannot be changed: the first plan "
                    "replaces the Deployment, and traffic to this cluster stops meanwhile",
                    found.gateway->selector_network));
  }
  for (const std::string& other : found.other_gateways) {
    add_doubt(
        proposal, key,
        fmt::format("Service {} announces a gateway of this cluster as well. Peers use both: after the apply, delete "
                    "the one that is not wanted",
                    other));
  }
}

/// What all clusters have in common is written once.
void find_common(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  const auto& clusters = proposal.spec.clusters;
  if (members.size() < 2) return;
  const GatewaySpec& first = clusters.begin()->second.gateway;
  const auto all = [&](auto field) {
    return std::all_of(clusters.begin(), clusters.end(),
                       [&](const auto& one) { return one.second.gateway.*field == first.*field; });
  };
  if (all(&GatewaySpec::replicas)) proposal.gateway.replicas = first.replicas;
  if (all(&GatewaySpec::exposure)) proposal.gateway.exposure = first.exposure;
  if (all(&GatewaySpec::source_ranges)) proposal.gateway.source_ranges = first.source_ranges;
  if (proposal.gateway.replicas == ReplicaRange()) return;
  const auto remarks = proposal.remarks.find(cluster_key(members.front().name, "gateway.replicas"));
  if (remarks != proposal.remarks.end()) proposal.remarks["gateway.replicas"] = remarks->second;
  for (const ProposedMember& member : members) proposal.remarks.erase(cluster_key(member.name, "gateway.replicas"));
}

}  // namespace

void propose_gateways(const std::vector<ProposedMember>& members, const PlatformSet& platforms,
                      SpecProposal& proposal) {
  for (const ProposedMember& member : members) {
    ClusterSpec& cluster = proposal.spec.clusters.at(member.name);
    if (member.found->gateway) {
      propose_addresses(member, cluster.gateway, proposal);
      propose_replicas(member, cluster.gateway, proposal);
    }
    const auto guessed = platforms.find(member.found->platform.name);
    const Platform* wished = guessed == platforms.end() ? nullptr : &guessed->second;
    const Platform& fallback = wished == nullptr ? platforms.at("kubernetes") : *wished;
    const auto& gateway = member.found->gateway;
    // Annotations of a Service that mesh wrote belong to its platform.
    const bool by_mesh = gateway && gateway->has_service && member.found->meshes.contains(proposal.spec.mesh.name);
    const bool takes_wished = !by_mesh && keeps(fallback, proposal.spec.mesh, cluster.gateway, gateway);
    const Platform& chosen =
        takes_wished ? fallback : best_platform(platforms, proposal.spec.mesh, cluster.gateway, gateway, fallback);
    cluster.platform = chosen.name;
    explain_platform(member, chosen, wished, cluster.gateway, proposal);
    doubt_others(member, cluster.network, proposal);
  }
  find_common(members, proposal);
}

}  // namespace mesh
