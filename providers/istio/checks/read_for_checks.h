#pragma once

#include "engine/model/checks/check.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// Asks one cluster for what its checks need, in one pass of concurrent requests; with CheckDepth::everything also for
/// its rights, its distance and its clock, and its istiods for what they have in memory: one request for each of their
/// pods, with CheckDepth::effective three.
CheckReading read_for_checks(const MeshSpec& mesh, CheckDepth depth, kubernetes::Client& client, const Clock& clock,
                             const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
