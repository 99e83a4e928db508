#include "engine/rehearse/simulated_mesh.h"

namespace mesh::rehearse {
namespace {

/// The installation that the spec expects to find.
simulator::InstallSettings istio_of(const Spec& spec, const ClusterSpec& cluster) {
  simulator::InstallSettings istio;
  const bool fleet = spec.mesh.fleet_project.has_value();
  istio.revision = spec.mesh.revision;
  if (istio.revision == auto_revision) istio.revision = fleet ? "asm-1233-2" : "default";
  istio.cluster_id = cluster.id;
  istio.mesh_id = spec.mesh.id;
  istio.network = cluster.network;
  istio.ca = spec.mesh.ca;
  if (fleet && spec.mesh.ca != CertificateAuthority::istio_ca) {
    istio.trust_domain = *spec.mesh.fleet_project + ".svc.id.goog";
  }
  if (!fleet) istio.version = "1.23.3";
  istio.system_namespace = spec.mesh.system_namespace;
  return istio;
}

}  // namespace

std::vector<simulator::ClusterSetup> clusters_of(const Spec& spec, const PlatformSet& platforms) {
  const auto root =
      spec.mesh.ca == CertificateAuthority::istio_ca ? std::optional(simulator::make_root("Simulator")) : std::nullopt;
  std::vector<simulator::ClusterSetup> clusters;
  for (const auto& [name, cluster] : spec.clusters) {
    simulator::ClusterSetup one{.name = name,
                                .platform = platforms.at(cluster.platform),
                                .istio = istio_of(spec, cluster),
                                .system_namespace = spec.mesh.system_namespace};
    if (spec.mesh.flat_networks.contains(cluster.network)) one.underlay = cluster.network;
    if (root) one.istio->plugged = simulator::make_intermediate(*root, name);
    clusters.push_back(std::move(one));
  }
  return clusters;
}

}  // namespace mesh::rehearse
