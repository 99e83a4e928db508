#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <sstream>

#include "engine/base/time.h"
#include "providers/istio/checks/themes.h"

namespace mesh::istio {
namespace {

constexpr std::chrono::hours expiry_horizon{24 * 14};

/// Calls `each` for those of the remote Secrets' kubeconfigs that are bad and lead to other clusters of the spec;
/// others are not taken by istiod, or reported as foreign.
template <typename IsBad, typename Each>
void for_each_bad(const ClusterView& cluster, const IsBad& is_bad, const Each& each) {
  for (const RemoteCredential& one : cluster.reading.credentials) {
    if (!is_bad(one)) continue;
    for (const auto& [name, peer] : cluster.spec.clusters) {
      if (peer.id == one.key && name != cluster.cluster.name) each(one, peer);
    }
  }
}

ObjectId credential_secret(const ClusterView& cluster, const RemoteCredential& one) {
  return {"v1", "Secret", cluster.ns(), one.secret};
}

std::string renewal(const ClusterView& cluster, const RemoteCredential& one) {
  return fmt::format("kubectl -n {} delete secret {}; then: mesh apply", cluster.ns(), one.secret);
}

/// Options that istiod allows besides (istio-facts 5.5).
std::vector<std::string> allowed_options(const ClusterView& cluster) {
  std::vector<std::string> options;
  std::istringstream list(cluster.env("PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS"));
  for (std::string option; std::getline(list, option, ',');) options.push_back(option);
  return options;
}

std::string later(const std::string& now, std::chrono::hours time) {
  const auto parsed = parse_rfc3339(now);
  return parsed ? rfc3339(*parsed + time) : std::string();
}

}  // namespace

/// (istio-facts 5.4)
void check_credential_kubeconfig(const ClusterView& cluster, Findings& found) {
  const auto is_bad = [](const RemoteCredential& one) { return !one.malformed.empty(); };
  for_each_bad(cluster, is_bad, [&](const RemoteCredential& one, const ClusterSpec& peer) {
    found.push_back({.peer = peer.name,
                     .object = credential_secret(cluster, one),
                     .read = fmt::format("its key `{}` holds no usable kubeconfig: {}", one.key, one.malformed),
                     .means = "istiod does not take it, and does not look again before it changes",
                     .hint = renewal(cluster, one)});
  });
}

/// (istio-facts 5.5)
void check_credential_auth(const ClusterView& cluster, Findings& found) {
  const std::vector<std::string> allowed = allowed_options(cluster);
  const auto is_bad = [](const RemoteCredential& one) { return !one.refused.empty(); };
  for_each_bad(cluster, is_bad, [&](const RemoteCredential& one, const ClusterSpec& peer) {
    std::vector<std::string> refused;
    std::copy_if(one.refused.begin(), one.refused.end(), std::back_inserter(refused), [&](const auto& option) {
      return std::find(allowed.begin(), allowed.end(), option) == allowed.end();
    });
    if (refused.empty()) return;
    found.push_back({.peer = peer.name,
                     .object = credential_secret(cluster, one),
                     .read = fmt::format("its kubeconfig logs in by: {}", fmt::join(refused, ", ")),
                     .means = "istiod refuses the whole kubeconfig: it runs no programs and reads no files for it",
                     .hint = renewal(cluster, one)});
  });
}

void check_credential_server(const ClusterView& cluster, Findings& found) {
  if (cluster.spec.mesh.local_api_servers) return;
  const auto is_bad = [](const RemoteCredential& one) { return !one.undialable.empty(); };
  for_each_bad(cluster, is_bad, [&](const RemoteCredential& one, const ClusterSpec& peer) {
    found.push_back({.peer = peer.name,
                     .object = credential_secret(cluster, one),
                     .read = fmt::format("the server of its kubeconfig: {}", one.undialable),
                     .means = fmt::format("the istiods of this cluster cannot read what is in {}", peer.name),
                     .hint = fmt::format(
                         "set `cluster.{}.api_server` to an address that they can dial, then: mesh apply", peer.name)});
  });
}

void check_credential_expired(const MeshView& mesh, Findings& found) {
  const auto is_bad = [&](const RemoteCredential& one) {
    return !one.expires.empty() && !mesh.now.empty() && one.expires <= mesh.now;
  };
  for (const ClusterView* cluster : mesh.clusters) {
    for_each_bad(*cluster, is_bad, [&](const RemoteCredential& one, const ClusterSpec& peer) {
      found.push_back(
          {.cluster = cluster->cluster.name,
           .peer = peer.name,
           .object = credential_secret(*cluster, one),
           .read = fmt::format("its token expired at {}", one.expires),
           .means = fmt::format("the API server of {} refuses it: istiod hears of no change there, and loses "
                                "the cluster when it restarts",
                                peer.name),
           .hint = renewal(*cluster, one)});
    });
  }
}

void check_credential_expires_soon(const MeshView& mesh, Findings& found) {
  const std::string horizon = later(mesh.now, expiry_horizon);
  const auto is_bad = [&](const RemoteCredential& one) { return one.expires > mesh.now && one.expires < horizon; };
  for (const ClusterView* cluster : mesh.clusters) {
    for_each_bad(*cluster, is_bad, [&](const RemoteCredential& one, const ClusterSpec& peer) {
      found.push_back({.cluster = cluster->cluster.name,
                       .peer = peer.name,
                       .object = credential_secret(*cluster, one),
                       .read = fmt::format("its token expires at {}", one.expires),
                       .means = "then istiod hears of no change there; the token that mesh gives has no such end",
                       .hint = renewal(*cluster, one)});
    });
  }
}

}  // namespace mesh::istio
