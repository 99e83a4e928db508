#pragma once

#include <stop_token>

#include "engine/base/result.h"
#include "engine/model/checks/check.h"
#include "engine/model/spec.h"
#include "providers/istio/checks/topics.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// Keeps what one list brought, or why it could not be read.
void take_list(CheckReading& reading, Topic topic, Result<kubernetes::ReadAnswer>& answer);

/// Asks one cluster for what `mesh check` needs, in one pass of concurrent requests, then for the rights of the
/// account, the distance and the clock, and its istiods for what they have in memory: one request for each of their
/// pods, with CheckDepth::effective three.
CheckReading read_for_checks(const MeshSpec& mesh, CheckDepth depth, kubernetes::Client& client, const Clock& clock,
                             const kubernetes::CallLimits& limits);

/// Dials each address of the gateway's Service, as it was read, on 15443 from here.
void dial_gateways(CheckReading& reading, const MeshSpec& mesh, const std::stop_token& stop);

}  // namespace mesh::istio
