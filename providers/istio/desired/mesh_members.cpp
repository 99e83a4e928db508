#include "providers/istio/desired/mesh_members.h"

#include <fmt/format.h>

#include "engine/model/undialable.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/remote_secret.h"

namespace mesh::istio {
namespace {

Diagnostic not_served(const MeshSpec& mesh, const ClusterSpec& cluster) {
  return {.code = Code::not_served,
          .where = fmt::format("cluster {}: {}", cluster.name, to_string(expose_id(mesh.system_namespace, ""))),
          .summary = "kind is not served",
          .cause = fmt::format("the API server does not serve Gateway of group {} in any of {}", istio_group,
                               fmt::join(gateway_versions, ", ")),
          .hint = "install Istio's custom resource definitions in this cluster"};
}

Diagnostic undialable_server(const ClusterSpec& cluster, const std::string& why) {
  Diagnostic found{
      .code = Code::undialable_api_server,
      .where = fmt::format("cluster {}", cluster.name),
      .summary = "API server cannot be dialled by other clusters",
      .cause = why,
      .hint = fmt::format("set `cluster.{}.api_server` to the URL at which the others reach it", cluster.name)};
  if (cluster.at.line != 0) found.at = cluster.at;
  return found;
}

Diagnostic protected_cluster(const ClusterSpec& cluster, Intent intent) {
  return {.code = Code::protected_cluster,
          .where = fmt::format("cluster {}", cluster.name),
          .summary = "cluster is protected",
          .cause = intent == Intent::destroy ? "destroy would take its part away"
                                             : "it is gone from the spec, so its part would be taken away",
          .hint = intent == Intent::destroy
                      ? fmt::format("take `protect` out of `cluster.{}`, then `mesh unprotect {}`; or use --exclude {}",
                                    cluster.name, cluster.name, cluster.name)
                      : fmt::format("put `cluster.{}` back; or, when that is what you want: mesh unprotect {}",
                                    cluster.name, cluster.name)};
}

/// The newest version that is served; a guess while the cluster did not say.
std::string gateway_version(const MeshSpec& mesh, const ClusterState* live) {
  std::string guess = gateway_versions.front();
  if (live == nullptr || !live->answered()) return guess;
  return live->unreadable.contains(expose_id(mesh.system_namespace, guess)) ? guess : live->gateway_version;
}

MemberState judge(const MeshSpec& mesh, const ClusterSpec& cluster, Presence presence, const LiveState& live) {
  MemberState one{.cluster = &cluster, .presence = presence};
  const auto state = live.clusters.find(cluster.name);
  if (state != live.clusters.end()) one.live = &state->second;
  one.plane = control_plane_of(mesh, cluster, one.live);
  one.gateway_version = gateway_version(mesh, one.live);
  return one;
}

void report_present(const MeshSpec& mesh, MemberState& one, Diagnostics& diagnostics) {
  append(diagnostics, one.plane.diagnostics);
  if (one.plane.ready && one.gateway_version.empty()) diagnostics.push_back(not_served(mesh, *one.cluster));
  if (mesh.local_api_servers || one.callers.empty()) return;
  if (const auto why = undialable(server_of(*one.cluster, one.live)); why) {
    // An address that is not known yet is no reason.
    if (server_of(*one.cluster, one.live).empty()) return;
    one.dialable = false;
    diagnostics.push_back(undialable_server(*one.cluster, *why));
  }
}

}  // namespace

MeshMembers judge_members(const Spec& spec, const LiveState& live, const std::map<std::string, ClusterSpec>& removed,
                          Intent intent, std::map<std::string, Diagnostics>& diagnostics) {
  MeshMembers members;
  const Presence presence = intent == Intent::destroy ? Presence::absent : Presence::present;
  for (const auto& [name, cluster] : spec.clusters) members.emplace(name, judge(spec.mesh, cluster, presence, live));
  for (const auto& [name, cluster] : removed) {
    members.emplace(name, judge(spec.mesh, cluster, Presence::absent, live));
  }
  for (const auto& [name, one] : members) {
    for (const std::string& peer : one.cluster->peers) {
      if (const auto found = members.find(peer); found != members.end()) found->second.callers.push_back(name);
    }
  }
  for (auto& [name, one] : members) {
    if (one.presence == Presence::present) {
      report_present(spec.mesh, one, diagnostics[name]);
    } else if (one.cluster->protect) {
      one.guarded = true;
      diagnostics[name].push_back(protected_cluster(*one.cluster, intent));
    }
  }
  return members;
}

}  // namespace mesh::istio
