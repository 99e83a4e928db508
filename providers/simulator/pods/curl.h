#pragma once

#include <string>
#include <vector>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/istio/traffic/answer.h"

namespace mesh::simulator {

/// `curl [-s] [-S] [-m SECONDS] URL` in a pod, with its exit codes; any other option is refused. `n` is how many
/// requests the pod made before.
ExecResult run_curl(const TrafficModel& model, const Caller& caller, const std::vector<std::string>& command,
                    std::uint64_t n);

}  // namespace mesh::simulator
