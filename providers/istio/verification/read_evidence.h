#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/istio/verification/cluster_run.h"
#include "providers/istio/verification/judge_path.h"

namespace mesh::istio {

/// What one cluster knows about the paths that begin in it.
struct CallerView {
  std::optional<nlohmann::json> shards = std::nullopt;
  std::optional<std::vector<ProxyEndpoint>> endpoints = std::nullopt;
};
/// Asks the istiod of the cluster and the sidecar of its caller, each by a command in its pod.
CallerView ask_caller(ClusterRun& run, const VerifyContext& context);

/// Pods of the cluster's east-west gateway that are available; nothing: could not be read.
std::optional<int> ask_gateway(ClusterRun& run, const VerifyContext& context);

/// Everything about the path between the two.
PathEvidence evidence_of(const ClusterRun& from, const ClusterRun& to, const CallerView& view,
                         std::optional<int> gateway_pods, const VerifyContext& context);

}  // namespace mesh::istio
