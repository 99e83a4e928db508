#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>

#include "engine/model/live_state.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "engine/port/provider.h"

namespace mesh {

struct RefreshLimits {
  /// How long one cluster may take before it is called unreachable.
  std::chrono::milliseconds budget{15000};
  /// Clusters read at once. More than there are clusters: then one that hangs takes nobody's turn.
  int parallelism = 1024;
  /// Clusters of which nothing is read but their kubeconfig.
  std::set<std::string> left_out = {};
};

/// Reads all clusters at once. One that does not answer within its budget is marked unreachable and delays nobody.
/// `meanwhile` runs once, on the calling thread, while they are waited for. Where `checks` is given, it gets what the
/// checks of a plan look at, by cluster, from the same pass.
LiveState refresh(const std::map<std::string, ClusterSpec>& clusters, Provider& provider, Clock& clock,
                  const RefreshLimits& limits, std::stop_token stop, const std::function<void()>& meanwhile = {},
                  std::map<std::string, CheckReading>* checks = nullptr);

}  // namespace mesh
