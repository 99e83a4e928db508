#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/suggest.h"
#include "engine/load/rules.h"

namespace mesh {
namespace {

constexpr std::size_t longest_id = 63;

std::string line_of(const ClusterDraft& cluster) { return fmt::format("line {}", cluster.at.line); }

std::string flat_hint(const SpecDraft& spec, const std::string& network) {
  std::vector<std::string> flat;
  if (spec.mesh.flat_networks) {
    for (const auto& name : *spec.mesh.flat_networks) flat.push_back(name.value);
  }
  std::string hint = fmt::format(
      "give each cluster a `network` of its own; if their pods reach each other directly, add \"{}\" to "
      "mesh.flat_networks",
      network);
  if (const auto near = nearest(network, flat)) hint += fmt::format(" (it has `{}`)", *near);
  return hint;
}

}  // namespace

void check_ids(const SpecDraft& spec, Problems& problems) {
  std::map<std::string, const ClusterDraft*> owners;
  for (const ClusterDraft& cluster : spec.clusters) {
    const std::string id = effective_id(spec.mesh, cluster);
    if (id.empty()) continue;
    const Mark at = cluster.id ? cluster.id->at : cluster.at;
    if (id.size() > longest_id && cluster.name.size() <= longest_id) {
      problems.add(Code::invalid_value, at, "cluster id is too long",
                   fmt::format("the id {} has {} characters, 63 are allowed", shown(id), id.size()),
                   "set `id` of the cluster to what its istiod has as CLUSTER_ID, or shorten its name");
    }
    const auto [owner, is_new] = owners.emplace(id, &cluster);
    if (is_new) continue;
    problems.add(Code::duplicate_id, at, "cluster id is used twice",
                 fmt::format("`{}` and `{}` ({}) have the same id {}", cluster.name, owner->second->name,
                             line_of(*owner->second), shown(id)),
                 "set `id` of each to what its istiod has as CLUSTER_ID: it must be unique in the mesh");
  }
}

void check_networks(const SpecDraft& spec, Problems& problems) {
  const auto is_flat = [&](const std::string& network) {
    const auto& flat = spec.mesh.flat_networks;
    return flat && std::any_of(flat->begin(), flat->end(), [&](const auto& name) { return name.value == network; });
  };
  std::map<std::string, const ClusterDraft*> owners;
  for (const ClusterDraft& cluster : spec.clusters) {
    const std::string network = effective_network(cluster);
    const auto [owner, is_new] = owners.emplace(network, &cluster);
    if (is_new || is_flat(network)) continue;
    problems.add(Code::shared_network, cluster.network ? cluster.network->at : cluster.at, "network is shared",
                 fmt::format("`{}` and `{}` ({}) are both on the network {}: istiod would send each other's pod "
                             "addresses, which their pods cannot reach, and never use the gateways",
                             cluster.name, owner->second->name, line_of(*owner->second), shown(network)),
                 flat_hint(spec, network));
  }
}

void check_peers(const SpecDraft& spec, Problems& problems) {
  std::vector<std::string> names;
  names.reserve(spec.clusters.size());
  for (const ClusterDraft& cluster : spec.clusters) names.push_back(cluster.name);
  std::sort(names.begin(), names.end());
  for (const ClusterDraft& cluster : spec.clusters) {
    if (!cluster.peers) continue;
    for (const Marked<std::string>& peer : *cluster.peers) {
      if (peer.value == cluster.name) {
        problems.add(Code::invalid_value, peer.at, "cluster is its own peer",
                     fmt::format("`{}` lists itself in `discovery.peers`", cluster.name),
                     "remove it: a cluster always knows its own services");
      } else if (!std::binary_search(names.begin(), names.end(), peer.value)) {
        problems.add(Code::unknown_peer, peer.at, "unknown peer",
                     fmt::format("{} is not a cluster of this spec", shown(peer.value)), suggestion(peer.value, names));
      }
    }
  }
}

}  // namespace mesh
