#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/platform.h"
#include "engine/model/rehearsal.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"

namespace mesh::rehearse {

/// What was planned, and from what.
struct Planned {
  const Spec& spec;
  /// Clusters of the last snapshot that the spec does not name any more and that are not clean.
  const std::map<std::string, ClusterSpec>& removed;
  const LiveState& live;
  const Plan& plan;
  const PlatformSet& platforms;
  /// Of the clusters themselves: one request to each reads the network of its injector.
  kubernetes::ClientFactory& clients;
};

/// Copies what was read into simulated clusters, carries the plan out there, and watches meanwhile which workloads
/// reach which: HelloWorld and Sleep run in every one of them. Nothing is written anywhere else. Errors: incomplete (a
/// cluster could not be read), those of Simulation::start and load_copy, cancelled.
Result<Rehearsal> rehearse_plan(const Planned& planned, Clock& clock, const std::stop_token& stop);

}  // namespace mesh::rehearse
