#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/init/found_cluster.h"
#include "engine/model/init/spec_proposal.h"
#include "engine/model/platform.h"

namespace mesh {

/// A proposal, and what the command reports beside it.
struct ProposedSpec {
  SpecProposal proposal = {};
  /// Warnings: contexts that were left out, and what the file cannot settle.
  Diagnostics diagnostics = {};
  /// Some cluster is missing from the spec.
  bool incomplete = false;
};

/// Describes what was found so that the first plan adopts what is there and changes as little as possible. `mesh_name`:
/// what the user calls the mesh; empty: the name that objects in the clusters have, else one after the mesh id. Pure.
/// Errors: no_clusters, with the reason of each context.
Result<ProposedSpec> propose_spec(const std::vector<FoundCluster>& found, const std::string& mesh_name,
                                  const PlatformSet& platforms);

}  // namespace mesh
