#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/check.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// The questions to every cluster, the same whatever the number of peers. Secrets as metadata only.
std::vector<kubernetes::Read> reads_of(const MeshSpec& mesh);

/// What is known of a cluster without asking it.
void report_access(ClusterState& state, const kubernetes::Client& client);

/// Asks them all at once, with the version: 13 requests, 15 where Gateway is not served in its newest version; more
/// only for further pages of remote Secrets. `state` comes with its name; what failed is said in it. Where `checks` is
/// given, six lists more, for the checks of a plan.
void read_cluster(ClusterState& state, CheckReading* checks, const MeshSpec& mesh, kubernetes::Client& client,
                  const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
