#include "engine/load/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "engine/base/suggest.h"
#include "engine/model/undialable.h"

namespace mesh {
namespace {

std::string ca_word(CertificateAuthority ca) { return ca_words()[static_cast<std::size_t>(ca)]; }

void check_ca(const SpecDraft& spec, const ClusterDraft& cluster, const Platform& platform, Problems& problems) {
  if (!spec.mesh.ca || platform.certificate_providers.contains(spec.mesh.ca->value)) return;
  std::vector<std::string> offered;
  for (const auto& [ca, provider] : platform.certificate_providers) offered.push_back(ca_word(ca));
  problems.add(Code::unsupported_ca, cluster.platform->at, "certificate authority is not offered on this platform",
               fmt::format("[mesh] has `ca = \"{}\"`, and {} (cluster `{}`) offers {}", ca_word(spec.mesh.ca->value),
                           platform.title, cluster.name, fmt::join(offered, ", ")),
               "choose for [mesh] a `ca` that every platform of the mesh offers");
}

std::vector<std::string> names_of(const PlatformSet& platforms) {
  std::vector<std::string> names;
  for (const auto& [name, platform] : platforms) names.push_back(name);
  return names;
}

std::vector<std::string> with_load_balancer_ip(const PlatformSet& platforms) {
  std::vector<std::string> names;
  for (const auto& [name, platform] : platforms) {
    if (platform.load_balancer_ip) names.push_back(name);
  }
  return names;
}

void check_platform(const SpecDraft& spec, const ClusterDraft& cluster, const PlatformSet& platforms,
                    Problems& problems) {
  if (!cluster.platform) return;
  const auto found = platforms.find(cluster.platform->value);
  if (found == platforms.end()) {
    problems.add(Code::unknown_platform, cluster.platform->at, "unknown platform",
                 fmt::format("{} is not a platform that mesh knows", shown(cluster.platform->value)),
                 suggestion(cluster.platform->value, names_of(platforms)));
    return;
  }
  const Platform& platform = found->second;
  check_ca(spec, cluster, platform, problems);
  if (cluster.gateway.load_balancer_ip && !platform.load_balancer_ip) {
    problems.add(
        Code::conflicting_fields, cluster.gateway.load_balancer_ip->at, "platform does not honour `load_balancer_ip`",
        fmt::format("load balancers of {} choose their own address (cluster `{}`)", platform.title, cluster.name),
        fmt::format("remove `load_balancer_ip`; it holds on {}", fmt::join(with_load_balancer_ip(platforms), ", ")));
  }
}

/// Where a bound of a cluster was written, for the message.
std::string origin(const Field<std::int64_t>& own, const Field<std::int64_t>& common) {
  if (own) return "its own";
  return common ? "from [gateway]" : "the default";
}

void report_replicas(const GatewayDraft& common, const GatewayDraft& own, const std::string& what, Problems& problems) {
  const ReplicaRange range = effective_replicas(common, own);
  if (range.min <= range.max) return;
  const SourcePosition at = own.min ? own.min->at : own.max->at;
  problems.add(Code::conflicting_fields, at, "min is greater than max",
               fmt::format("{} has at least {} replicas ({}) and at most {} ({})", what, range.min,
                           origin(own.min, common.min), range.max, origin(own.max, common.max)),
               fmt::format("write `replicas = {{ min = {}, max = {} }}`", std::min(range.min, range.max),
                           std::max(range.min, range.max)));
}

void check_replicas(const SpecDraft& spec, Problems& problems) {
  if (spec.gateway.min || spec.gateway.max) report_replicas({}, spec.gateway, "[gateway]", problems);
  for (const ClusterDraft& cluster : spec.clusters) {
    // Without bounds of its own there is nothing wrong that [gateway] has not been told.
    if (!cluster.gateway.min && !cluster.gateway.max) continue;
    report_replicas(spec.gateway, cluster.gateway, fmt::format("the gateway of cluster `{}`", cluster.name), problems);
  }
}

void check_api_servers(const SpecDraft& spec, Problems& problems) {
  if (spec.mesh.local_api_servers && spec.mesh.local_api_servers->value) return;
  for (const ClusterDraft& cluster : spec.clusters) {
    if (!cluster.api_server) continue;
    const auto reason = undialable(cluster.api_server->value);
    if (!reason) continue;
    problems.add(Code::undialable_api_server, cluster.api_server->at, "other clusters cannot dial this address",
                 *reason,
                 "write the address under which the other clusters reach this API server; for simulated clusters and "
                 "tests set `mesh.local_api_servers = true`");
  }
}

}  // namespace

void check_rules(const SpecDraft& spec, const PlatformSet& platforms, Problems& problems) {
  for (const ClusterDraft& cluster : spec.clusters) check_platform(spec, cluster, platforms, problems);
  check_ids(spec, problems);
  check_networks(spec, problems);
  check_peers(spec, problems);
  check_replicas(spec, problems);
  check_api_servers(spec, problems);
}

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
    const SourcePosition at = cluster.id ? cluster.id->at : cluster.at;
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
