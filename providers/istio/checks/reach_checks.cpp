#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "engine/model/undialable.h"
#include "providers/istio/checks/rights.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/remote_secret.h"

namespace mesh::istio {
namespace {

constexpr std::chrono::milliseconds slow{1000};
constexpr std::chrono::seconds most_skew{60};
/// istioctl warns below it (istio-facts 6.14).
constexpr int oldest_minor = 26;

/// The minor version in `v1.32.1`; nothing when the text is no such version.
std::optional<int> minor_of(const std::string& version) {
  if (!version.starts_with("v1.")) return std::nullopt;
  int minor = 0;
  const auto [end, error] = std::from_chars(version.data() + 3, version.data() + version.size(), minor);
  return error == std::errc() && end != version.data() + 3 ? std::optional(minor) : std::nullopt;
}

std::vector<std::string> denied_of(const ClusterView& cluster, const std::vector<Right>& rights) {
  std::vector<std::string> denied;
  for (const Right& right : rights) {
    const auto answer = cluster.reading.rights.find(right);
    if (answer != cluster.reading.rights.end() && answer->second == false) denied.push_back(to_string(right));
  }
  return denied;
}

}  // namespace

void check_latency(const ClusterView& cluster, Findings& found) {
  if (!cluster.reading.latency || *cluster.reading.latency < slow) return;
  found.push_back({.read = fmt::format("{} answers after {} ms", cluster.live.server, cluster.reading.latency->count()),
                   .means = "each action of an apply takes several such answers, and the istiods of the peers wait "
                            "as long where they take the same way",
                   .hint = "run mesh nearer to the cluster, or look at the proxy or VPN between"});
}

void check_clock(const ClusterView& cluster, Findings& found) {
  if (!cluster.reading.clock_skew) return;
  const auto skew = *cluster.reading.clock_skew;
  if (skew <= most_skew && -skew <= most_skew) return;
  found.push_back(
      {.read = fmt::format("the clock of {} is {} s {} that of this machine", cluster.live.server,
                           std::abs(skew.count()), skew.count() > 0 ? "ahead of" : "behind"),
       .means = "certificates and tokens that one side issues are not valid yet, or not any more, for the other",
       .hint = "set the clocks of the control plane's nodes, or of this machine, by NTP"});
}

void check_kubernetes_version(const ClusterView& cluster, Findings& found) {
  const auto minor = minor_of(cluster.live.server_version);
  if (!minor || *minor >= oldest_minor) return;
  found.push_back({.read = fmt::format("Kubernetes {}", cluster.live.server_version),
                   .means = fmt::format("Istio of today is not tested below 1.{}", oldest_minor),
                   .hint = "upgrade the cluster"});
}

void check_rights_of_plan(const ClusterView& cluster, Findings& found) {
  const auto denied = denied_of(cluster, rights_of_plan(cluster.spec.mesh));
  if (denied.empty()) return;
  found.push_back({.read = fmt::format("this account may not: {}", fmt::join(denied, ", ")),
                   .means = "a plan does not see what stands there: its actions are unknown",
                   .hint = "grant the account these rights in this cluster, or use a context that has them"});
}

void check_rights_of_apply(const ClusterView& cluster, Findings& found) {
  const auto denied = denied_of(cluster, rights_of_apply(cluster.spec.mesh));
  if (denied.empty()) return;
  found.push_back({.read = fmt::format("this account may not: {}", fmt::join(denied, ", ")),
                   .means = "a plan works with this account, an apply or destroy does not",
                   .hint = "grant the account these rights before an apply; for plans alone nothing is to be done"});
}

/// The same rule by which a plan leaves the peers' discovery of such a cluster out (istio-facts 5.7).
void check_dialable(const ClusterView& cluster, Findings& found) {
  if (cluster.spec.mesh.local_api_servers) return;
  const std::string server = server_of(cluster.cluster, &cluster.live);
  const auto why = server.empty() ? std::nullopt : undialable(server);
  if (!why) return;
  found.push_back(
      {.read = fmt::format("{}: {}", server, *why),
       .means = "the istiods of the other clusters cannot read this cluster's endpoints",
       .hint = fmt::format("set `cluster.{}.api_server` to an address that they can dial", cluster.cluster.name)});
}

}  // namespace mesh::istio
