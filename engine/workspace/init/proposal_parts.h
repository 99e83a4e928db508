#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/init/found_cluster.h"
#include "engine/model/init/spec_proposal.h"
#include "engine/model/platform.h"

// The parts of propose_spec: each fills in its keys of the proposal, and what there is to say about them.
namespace mesh {

/// A cluster that is going to be in the spec.
struct ProposedMember {
  const FoundCluster* found = nullptr;
  std::string name = {};
  /// The control plane that the spec's revision means.
  const FoundControlPlane* plane = nullptr;
};

/// `cluster.NAME.KEY`.
std::string cluster_key(const std::string& name, const std::string& key);
void add_source(SpecProposal& proposal, const std::string& key, std::string text);
void add_doubt(SpecProposal& proposal, const std::string& key, std::string text);

/// What Istio's installers call a cluster without a name of its own.
inline constexpr const char* unnamed_cluster = "Kubernetes";

/// What most of them are; ties go to the first in order of text. Empty texts do not count.
std::string most_common(const std::vector<std::string>& texts);

/// `mesh.revision`, and the plane of each member.
void propose_revision(std::vector<ProposedMember>& members, SpecProposal& proposal);
/// `mesh.name`, identity and certificate authority.
void propose_identity(const std::vector<ProposedMember>& members, const std::string& mesh_name, SpecProposal& proposal);

/// `id` of each cluster, by its name.
void propose_ids(const std::vector<ProposedMember>& members, SpecProposal& proposal);
/// `network`, and mesh.flat_networks where clusters of a mesh that exists share one.
void propose_networks(const std::vector<ProposedMember>& members, SpecProposal& proposal);
/// `platform` and `gateway`: such that nothing of a gateway that is there changes its address or is interrupted.
void propose_gateways(const std::vector<ProposedMember>& members, const PlatformSet& platforms, SpecProposal& proposal);
/// `api_server` and mesh.local_api_servers.
void propose_api_servers(const std::vector<ProposedMember>& members, SpecProposal& proposal);
/// `discovery.peers`, by the remote Secrets that are there. After propose_ids.
void propose_peers(const std::vector<ProposedMember>& members, SpecProposal& proposal);

/// Whether the clusters form a mesh already: one knows another by a remote Secret.
bool is_mesh(const std::vector<ProposedMember>& members, const SpecProposal& proposal);

}  // namespace mesh
