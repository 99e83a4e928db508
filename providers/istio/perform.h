#pragma once

#include <chrono>

#include "engine/model/action.h"
#include "engine/model/report.h"
#include "engine/port/clock.h"
#include "engine/port/progress.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/peer_credentials.h"
#include "providers/istio/peer_gateways.h"
#include "providers/istio/peer_sync.h"

namespace mesh::istio {

/// What carrying out an action takes.
struct PerformContext {
  ClientPool& client_pool;
  PeerCredentials& peers;
  PeerGateways& gateways;
  /// Null: nobody asks the istiods.
  PeerSync* sync;
  Clock& clock;
  /// Until what was written is ready, see ProviderLimits.
  std::chrono::milliseconds ready;
};

/// Carries out one action: its objects in the order of the plan, then the wait. See
/// Provider::perform. After a stop no further object is begun; a write under way has its answer but is not tried again,
/// a wait ends.
ActionReport perform(const Action& action, PerformContext context, Progress& progress, const std::stop_token& stop);

}  // namespace mesh::istio
