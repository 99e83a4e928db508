#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/checks/discovery.h"
#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"

// What istiods have in memory of remote clusters: by their debug pages, and where no command may be run in their pods
// by their metrics (istio-facts 9).
namespace mesh::istio {

enum class MemoryDepth {
  /// One request for each pod: which remote clusters, and whether they are synced.
  clusters,
  /// Three: besides, endpoints and gateways.
  everything
};

/// Asks all istiod pods of a cluster that run, of all revisions. What could not be asked is said in the answer. Errors:
/// those of the list of pods, cancelled.
Result<std::vector<IstiodMemory>> ask_istiods(kubernetes::Client& client, const std::string& system_namespace,
                                              MemoryDepth depth, const Clock& clock,
                                              const kubernetes::CallLimits& limits);

/// Why not all that the pod was asked for is known, one sentence without a full stop. `cluster_id`: of interest;
/// empty: none in particular.
std::string why_unknown(const IstiodMemory& memory, const std::string& cluster_id);
/// What to do about it.
std::string hint_on_unknown(const IstiodMemory& memory);

/// The remote clusters in /debug/clusterz, by id. Nothing: it is not such a page.
std::optional<std::map<std::string, HeldCluster>> parse_clusterz(std::string_view page);
/// Endpoints in /debug/endpointShardz by cluster id; read without keeping the page, which lists every endpoint of the
/// mesh.
std::optional<std::map<std::string, HeldEndpoints>> parse_endpoint_shards(std::string_view page);
std::optional<std::vector<HeldGateway>> parse_networkz(std::string_view page);
/// Fills in what /metrics says. Istio with `istiod_remote_cluster_sync_status` tells the state of each cluster; before,
/// only how many are registered and of which the first sync took too long, maybe long ago.
void take_metrics(IstiodMemory& memory, std::string_view page);

}  // namespace mesh::istio
