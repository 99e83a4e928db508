#include "engine/load/fill_defaults.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh {
namespace {

constexpr const char* default_revision = "default";
constexpr const char* default_repo = "mesh-state";

template <class T>
T value_or(const Field<T>& field, T other) {
  return field ? field->value : std::move(other);
}

template <class T>
std::optional<T> optional_value(const Field<T>& field) {
  return field ? std::optional<T>(field->value) : std::nullopt;
}

std::vector<std::string> values(const TextList& list) {
  std::vector<std::string> texts;
  if (list) {
    for (const auto& item : *list) texts.push_back(item.value);
  }
  return texts;
}

std::filesystem::path resolve(const std::string& path, const std::filesystem::path& folder) {
  return (folder / path).lexically_normal();
}

/// A remote that is a relative path means what every other path of the spec means; git alone would start from wherever
/// the program runs.
std::string resolve_remote(const std::string& remote, const std::filesystem::path& folder) {
  const bool url = remote.find("://") != std::string::npos;
  // `host:path`, as ssh takes it: a colon before any slash.
  const bool scp = remote.substr(0, remote.find('/')).find(':') != std::string::npos;
  return url || scp ? remote : resolve(remote, folder).string();
}

MeshSpec fill_mesh(const MeshDraft& draft) {
  MeshSpec mesh;
  mesh.name = value_or(draft.name, {});
  mesh.id = draft.id ? draft.id->value : fmt::format("proj-{}", value_or(draft.project_number, std::int64_t{0}));
  mesh.fleet_project = optional_value(draft.fleet_project);
  mesh.project_number = optional_value(draft.project_number);
  mesh.ca = value_or(draft.ca, CertificateAuthority::istio_ca);
  mesh.revision = value_or(draft.revision, std::string(default_revision));
  mesh.system_namespace = value_or(draft.system_namespace, mesh.system_namespace);
  for (std::string& network : values(draft.flat_networks)) mesh.flat_networks.insert(std::move(network));
  mesh.local_api_servers = value_or(draft.local_api_servers, false);
  return mesh;
}

StateSpec fill_state(const StateDraft& draft, const std::filesystem::path& folder) {
  StateSpec state;
  state.repo = resolve(value_or(draft.repo, std::string(default_repo)), folder);
  if (draft.remote) state.remote = resolve_remote(draft.remote->value, folder);
  return state;
}

GatewaySpec fill_gateway(const GatewayDraft& common, const GatewayDraft& own) {
  GatewaySpec gateway;
  gateway.replicas = effective_replicas(common, own);
  gateway.exposure = value_or(own.exposure, value_or(common.exposure, Exposure::public_));
  gateway.source_ranges = values(own.source_ranges ? own.source_ranges : common.source_ranges);
  gateway.load_balancer_ip = optional_value(own.load_balancer_ip);
  return gateway;
}

std::vector<std::string> fill_peers(const SpecDraft& draft, const ClusterDraft& cluster) {
  std::vector<std::string> peers;
  if (cluster.peers) {
    peers = values(cluster.peers);
  } else {
    peers.reserve(draft.clusters.size());
    for (const ClusterDraft& other : draft.clusters) {
      if (other.name != cluster.name) peers.push_back(other.name);
    }
  }
  std::sort(peers.begin(), peers.end());
  return peers;
}

}  // namespace

Spec fill_defaults(const SpecDraft& draft, const std::string& file, const std::filesystem::path& folder) {
  Spec spec;
  spec.mesh = fill_mesh(draft.mesh);
  spec.state = fill_state(draft.state, folder);
  if (const auto& most = draft.policy.max_changes) spec.policy.max_changes = static_cast<std::size_t>(most->value);
  for (const ClusterDraft& from : draft.clusters) {
    ClusterSpec cluster;
    cluster.name = from.name;
    cluster.id = effective_id(draft.mesh, from);
    cluster.platform = value_or(from.platform, {});
    for (const std::string& path : values(from.kubeconfig)) cluster.kubeconfig.push_back(resolve(path, folder));
    cluster.context = value_or(from.context, {});
    cluster.network = effective_network(from);
    cluster.api_server = optional_value(from.api_server);
    cluster.gateway = fill_gateway(draft.gateway, from.gateway);
    cluster.peers = fill_peers(draft, from);
    cluster.protect = value_or(from.protect, false);
    cluster.at = {file, from.at.line, from.at.column};
    spec.clusters.emplace(from.name, std::move(cluster));
  }
  return spec;
}

}  // namespace mesh
