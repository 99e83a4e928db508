#include "engine/load/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/api_server.h"

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
  const Mark at = own.min ? own.min->at : own.max->at;
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

}  // namespace mesh
